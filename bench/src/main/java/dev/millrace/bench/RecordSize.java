package dev.millrace.bench;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the records of a topic weigh. Not thread-safe. */
final class RecordSize implements AutoCloseable {
    private static final int SAMPLE = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    RecordSize(String bootstrapServers, String topic) {
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /** The mean size of the first records, key, value and headers, in bytes. */
    int mean() {
        consumer.seekToBeginning(partitions);
        long bytes = 0;
        int count = 0;
        while (count < SAMPLE) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(java.time.Duration.ofMillis(200))) {
                bytes += record.serializedKeySize() + record.serializedValueSize();
                for (var header : record.headers()) {
                    bytes += header.key().length() + header.value().length;
                }
                count++;
            }
        }
        return (int) (bytes / count);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
