package dev.millrace.transform.stream;

import dev.millrace.pipeline.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * Both ends of the service's work: events are written as ingest does, and topics are read as the next stage does, with
 * {@code read_committed}, from their beginning. Confined to one thread.
 */
final class TopicEnds implements AutoCloseable {
    static final Instant ACCEPTED = Instant.parse("2026-01-02T03:05:00Z");

    static {
        // Enough for a slow machine, and far less than the session of a member of a consumer group in these tests.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private final String bootstrapServers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();
    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> seen = new HashMap<>();

    TopicEnds(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "max.request.size",
                        8 * 1024 * 1024,
                        "max.block.ms",
                        60_000,
                        "linger.ms",
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends an event whose id is that of the header, accepted at {@link #ACCEPTED}; the caller may flush. */
    void send(String topic, String id, byte[] value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, ACCEPTED.toEpochMilli(), "s".getBytes(StandardCharsets.UTF_8), value);
        new EventHeaders(id, "/test", "millrace.orders", ACCEPTED, Optional.of("00-ab-cd-01"))
                .writeTo(record.headers()::add);
        producer.send(record);
    }

    /** Sends an event or a label under that key as of now, as ingest does; the caller may flush. */
    void sendNow(String topic, String key, String id, byte[] value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, null, System.currentTimeMillis(), key.getBytes(StandardCharsets.UTF_8), value);
        new EventHeaders(id, "/test", "millrace.test", ACCEPTED, Optional.empty()).writeTo(record.headers()::add);
        producer.send(record);
    }

    void sendOrders(Orders orders, Collection<String> ids) {
        ids.forEach(id -> send(orders.raw(), id, Orders.order(id, "1")));
        producer.flush();
    }

    void flush() {
        producer.flush();
    }

    /** What has been committed to the topic up to now, in the order in which it came. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        return read(topic, "read_committed");
    }

    /** What is in the topic, also of transactions that are open or were aborted. */
    List<ConsumerRecord<byte[], byte[]>> uncommitted(String topic) {
        return read(topic, "read_uncommitted");
    }

    /** The ids of the events that have been committed to the topic, sorted as text. */
    List<String> ids(String topic) {
        return committed(topic).stream()
                .map(record -> header(record, EventHeaders.ID))
                .sorted()
                .toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
        KafkaConsumer<byte[], byte[]> consumer =
                consumers.computeIfAbsent(topic + "/" + isolation, key -> consumer(topic, isolation));
        List<ConsumerRecord<byte[], byte[]>> records =
                seen.computeIfAbsent(topic + "/" + isolation, key -> new ArrayList<>());
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        return List.copyOf(records);
    }

    private KafkaConsumer<byte[], byte[]> consumer(String topic, String isolation) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation, "fetch.max.wait.ms", 50),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumers.values().forEach(KafkaConsumer::close);
        producer.close(Duration.ZERO);
    }
}
