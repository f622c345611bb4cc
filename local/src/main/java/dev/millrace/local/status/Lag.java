package dev.millrace.local.status;

import dev.millrace.local.stack.StackException;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.pipeline.topic.Topics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** How many records wait before a stage whose consumer group keeps its offsets in Kafka. */
final class Lag {
    private final Admin admin;

    private Lag(Admin admin) {
        this.admin = admin;
    }

    /** The waiting records of each pipeline by stage. */
    static Map<String, Map<Stage, Long>> of(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers, "default.api.timeout.ms", 5_000, "request.timeout.ms", 4_000);
        try (Admin admin = Admin.create(settings)) {
            return new Lag(admin).all();
        } catch (ExecutionException e) {
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while asking Kafka for its offsets", e);
        }
    }

    private Map<String, Map<Stage, Long>> all() throws ExecutionException, InterruptedException {
        Map<String, Map<Stage, Long>> lags = new TreeMap<>();
        Set<String> present = admin.listTopics().names().get();
        Set<String> pipelines = present.stream()
                .flatMap(topic -> Topics.pipelineOf(topic).stream())
                .collect(Collectors.toSet());
        for (String pipeline : pipelines) {
            Topics topics = new Topics(pipeline);
            Map<Stage, Long> stages = new EnumMap<>(Stage.class);
            stages.put(Stage.TRANSFORM, before("millrace-transform-" + pipeline, topics.raw()));
            // Lists are predicted without a group: only what is scored is waited for.
            String scoring = "millrace-model-" + pipeline;
            if (present.contains(topics.predictions()) && !committed(scoring).isEmpty()) {
                stages.put(Stage.MODEL, before(scoring, topics.clean()));
            }
            lags.put(pipeline, stages);
        }
        return lags;
    }

    private long before(String group, String topic) throws ExecutionException, InterruptedException {
        TopicDescription description =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        description
                .partitions()
                .forEach(partition -> ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> latest = admin.listOffsets(
                        ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get();
        Map<TopicPartition, OffsetAndMetadata> committed = committed(group);
        long waiting = 0;
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : latest.entrySet()) {
            OffsetAndMetadata done = committed.get(end.getKey());
            // The mark that ends a transaction takes an offset of its own and is never waited for: a few records'
            // error.
            waiting += Math.max(0, end.getValue().offset() - (done == null ? 0 : done.offset()));
        }
        return waiting;
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group)
            throws ExecutionException, InterruptedException {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }
}
