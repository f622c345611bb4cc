package dev.millrace.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** What stands in the topics of the test's broker. */
public final class Topic {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Topic() {}

    /** Makes the topics, where they do not exist. */
    public static void make(List<String> names) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Broker.bootstrapServers()))) {
            for (String name : names) {
                admin.createTopics(List.of(new NewTopic(name, 4, (short) 1)))
                        .all()
                        .get();
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until somebody made the topic. */
    public static void awaitMade(String name) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Broker.bootstrapServers()))) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> admin.describeTopics(List.of(name))
                                    .allTopicNames()
                                    .get()
                                    .size()
                            == 1);
        }
    }

    /** Writes the records and waits until the broker has them. */
    public static void send(Iterable<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        Broker.bootstrapServers(),
                        "linger.ms",
                        5,
                        "max.request.size",
                        16 * 1024 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            records.forEach(producer::send);
        }
    }

    /** Every committed record. */
    public static List<ConsumerRecord<byte[], byte[]>> read(String name) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", Broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            Set<TopicPartition> left = partitions(consumer, name);
            consumer.assign(left);
            consumer.seekToBeginning(left);
            Map<TopicPartition, Long> ends = consumer.endOffsets(left);
            left.removeIf(partition -> ends.get(partition) == 0);
            while (!left.isEmpty()) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
                left.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            }
        }
        return all;
    }

    /** Every committed record, once there are so many. */
    public static List<ConsumerRecord<byte[], byte[]>> await(String name, int count) {
        return Awaitility.await("records of " + name)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UnknownTopicOrPartitionException.class)
                .until(() -> read(name), records -> records.size() >= count);
    }

    private static Set<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String name) {
        return consumer.partitionsFor(name).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
