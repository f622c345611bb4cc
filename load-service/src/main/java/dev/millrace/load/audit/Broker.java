package dev.millrace.load.audit;

import dev.millrace.pipeline.topic.Stage;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What the broker says of partitions' ends and of groups' progress. Thread-safe. */
final class Broker {
    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;

    Broker(Admin admin) {
        this.admin = admin;
    }

    /** The ends of partitions, behind what transactions have written that are not committed yet. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(Function.identity(), key -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        answer(admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** The partitions of those topics that exist. */
    Set<TopicPartition> partitions(Collection<String> topics) {
        Set<String> existing = new HashSet<>(answer(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
        existing.retainAll(topics);
        Set<TopicPartition> partitions = new HashSet<>();
        if (!existing.isEmpty()) {
            answer(admin.describeTopics(existing).allTopicNames())
                    .forEach((name, topic) -> topic.partitions()
                            .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition()))));
        }
        return partitions;
    }

    /** The offsets that a stage's group has committed for a topic, by partition. */
    Map<Integer, Long> committed(Stage stage, String pipeline, String topic) {
        Map<Integer, Long> committed = new TreeMap<>();
        String group = "millrace-" + stage.label() + "-" + pipeline;
        answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (partition.topic().equals(topic) && offset != null) {
                        committed.put(partition.partition(), offset.offset());
                    }
                });
        return committed;
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }
}
