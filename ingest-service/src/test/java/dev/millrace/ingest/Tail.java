package dev.millrace.ingest;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What a read_committed consumer finds in a topic from the moment on at which the tail was asked for. There is one
 * consumer a topic, kept until it is closed: connecting one takes longer than most tests. One thread.
 */
public final class Tail implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Map<String, Tail> OPEN = new HashMap<>();

    private final String topic;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();

    private Tail(String topic) {
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        Broker.bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "max.partition.fetch.bytes",
                        16 * 1024 * 1024,
                        "fetch.max.wait.ms",
                        20),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
    }

    private static Tail fromNowOn(String topic) {
        Tail tail = OPEN.computeIfAbsent(topic, Tail::new);
        tail.found.clear();
        tail.consumer.seekToEnd(tail.partitions);
        tail.partitions.forEach(tail.consumer::position);
        return tail;
    }

    private static Tail fromTheBeginning(String topic) {
        Tail tail = OPEN.computeIfAbsent(topic, Tail::new);
        tail.found.clear();
        tail.consumer.seekToBeginning(tail.partitions);
        return tail;
    }

    /** What comes into the pipeline's raw topic from now on. */
    public static Tail raw(String pipeline) {
        return fromNowOn("millrace." + pipeline + ".raw");
    }

    /** What comes into the pipeline's rejected topic from now on. */
    public static Tail rejected(String pipeline) {
        return fromNowOn("millrace." + pipeline + ".rejected");
    }

    /** What comes into the pipeline's topic of chargebacks from now on. */
    public static Tail labels(String pipeline) {
        return fromNowOn("millrace." + pipeline + ".labels.chargebacks");
    }

    /** Everything that is in the pipeline's topic of chargebacks. */
    public static Tail wholeLabels(String pipeline) {
        return fromTheBeginning("millrace." + pipeline + ".labels.chargebacks");
    }

    /** Everything that is in the pipeline's raw topic. */
    public static Tail wholeRaw(String pipeline) {
        return fromTheBeginning("millrace." + pipeline + ".raw");
    }

    /** Everything that is in the pipeline's rejected topic. */
    public static Tail wholeRejected(String pipeline) {
        return fromTheBeginning("millrace." + pipeline + ".rejected");
    }

    /** What is there by now. */
    public List<ConsumerRecord<String, byte[]>> read() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            consumer.poll(Duration.ofMillis(100)).forEach(found::add);
        }
        return List.copyOf(found);
    }

    /** What is there once it is that many, or more. */
    public List<ConsumerRecord<String, byte[]>> await(int count) {
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> read().size() >= count);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    topic + " has " + found.size() + " of " + count + " records; read to "
                            + partitions.stream().map(consumer::position).toList() + ", committed to "
                            + consumer.endOffsets(partitions).values() + ", written to " + written(),
                    e);
        }
        return read();
    }

    /** Where the partitions end for one who also reads what is not committed. */
    private List<Long> written() {
        try (KafkaConsumer<byte[], byte[]> uncommitted = new KafkaConsumer<>(
                Map.of("bootstrap.servers", Broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return List.copyOf(uncommitted.endOffsets(partitions).values());
        }
    }

    /** The values that are there by now, as text. */
    public List<String> values() {
        return read().stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The ids of the events that are there by now. */
    public List<String> ids() {
        return read().stream().map(record -> header(record, EventHeaders.ID)).toList();
    }

    /** The rejections that are there by now. */
    public List<Rejection> rejections() {
        return read().stream().map(record -> Rejection.fromJson(record.value())).toList();
    }

    /** The only rejection that is there by now. */
    public Rejection rejection() {
        List<Rejection> rejections = rejections();
        if (rejections.size() != 1) {
            throw new AssertionError("expected one rejection, found " + rejections.size());
        }
        return rejections.get(0);
    }

    public static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        OPEN.remove(topic);
        consumer.close();
    }
}
