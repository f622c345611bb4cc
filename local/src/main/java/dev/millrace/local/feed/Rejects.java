package dev.millrace.local.feed;

import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a pipeline's rejected topic from its beginning to its committed end. Not thread-safe. */
public final class Rejects implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /** The rejected records of that pipeline. */
    public Rejects(String bootstrapServers, String pipeline) {
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = consumer.partitionsFor(new Topics(pipeline).rejected()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /** Reads them all, as they are now. */
    public List<Rejection> read() {
        List<Rejection> rejections = new ArrayList<>();
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                rejections.add(Rejection.fromJson(record.value()));
            }
        }
        return rejections;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
