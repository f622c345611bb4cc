package dev.millrace.ingest.position;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records together with the position that they reach, in one Kafka transaction, and knows the positions that were
 * committed. They are kept in a compacted topic. After any exception the log is of no more use: close it, and open
 * another, which ends the transaction that was left open and reads what was committed. One thread.
 */
public final class PositionLog implements AutoCloseable {
    /** The topic of the positions. */
    public static final String TOPIC = "millrace.positions";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, FilePosition> positions;

    private PositionLog(KafkaProducer<byte[], byte[]> producer, Map<String, FilePosition> positions) {
        this.producer = producer;
        this.positions = positions;
    }

    /**
     * Opens the log; another that was opened with the same transactional id can not commit any more.
     *
     * @param kafka how to reach the broker
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    public static PositionLog open(Map<String, Object> kafka, String transactionalId) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("transactional.id", transactionalId);
        settings.put("transaction.timeout.ms", 60_000);
        settings.put("acks", "all");
        settings.put("linger.ms", 5);
        // While the broker still ends the transaction before, it sends the next one's first records back: the client's
        // own pause of 100 ms would be taken in each transaction.
        settings.put("retry.backoff.ms", 5);
        settings.put("batch.size", 131_072);
        settings.put("max.request.size", 8 * 1024 * 1024);
        settings.put("max.block.ms", 15_000);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            // First: this ends what a killed predecessor left open, so that the positions can be read to their end.
            producer.initTransactions();
            return new PositionLog(producer, read(kafka));
        } catch (RuntimeException e) {
            producer.close(CLOSE);
            throw e;
        }
    }

    /** The committed position of that file, if any of it was read. */
    public Optional<FilePosition> find(String file) {
        return Optional.ofNullable(positions.get(file));
    }

    /**
     * Commits the records and the position that they reach.
     *
     * @throws org.apache.kafka.common.KafkaException if they were not committed, or it is not known
     */
    public void commit(List<ProducerRecord<byte[], byte[]>> records, String file, FilePosition position) {
        producer.beginTransaction();
        records.forEach(producer::send);
        byte[] key = file.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(TOPIC, 0, key, json(position)));
        producer.commitTransaction();
        positions.put(file, position);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }

    private static Map<String, FilePosition> read(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        // It reads all of one partition by itself: a group would only be something more to be allowed.
        settings.remove("group.id");
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        Map<String, FilePosition> positions = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    positions.put(new String(record.key(), StandardCharsets.UTF_8), position(record.value()));
                }
            }
        }
        return positions;
    }

    private static byte[] json(FilePosition position) {
        try {
            return JSON.writeValueAsBytes(position);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers can always be written", e);
        }
    }

    private static FilePosition position(byte[] json) {
        try {
            return JSON.readValue(json, FilePosition.class);
        } catch (IOException e) {
            throw new IllegalStateException(TOPIC + " holds a record that is no position: " + e.getMessage(), e);
        }
    }
}
