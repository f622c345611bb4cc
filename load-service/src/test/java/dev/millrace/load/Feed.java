package dev.millrace.load;

import static org.awaitility.Awaitility.await;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes records of a pipeline's topics as the stages before load do, and reads what load rejected. */
public final class Feed implements AutoCloseable {
    public static final int PARTITIONS = 4;

    private final Pipeline pipeline;
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
            "bootstrap.servers",
            Machine.bootstrapServers(),
            "key.serializer",
            ByteArraySerializer.class.getName(),
            "value.serializer",
            ByteArraySerializer.class.getName(),
            "compression.type",
            "lz4",
            "max.request.size",
            8 * 1024 * 1024,
            "linger.ms",
            5));

    private volatile Exception lost;

    public Feed(Pipeline pipeline) {
        this.pipeline = pipeline;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Machine.bootstrapServers()))) {
            List<String> topics = new ArrayList<>(pipeline.topics().all());
            if (pipeline.transform().leavesOut()) {
                topics.add(pipeline.topics().leftOut());
            }
            pipeline.declaration()
                    .spec()
                    .labels()
                    .keySet()
                    .forEach(labels -> topics.add(pipeline.topics().labels(labels)));
            for (String topic : topics) {
                try {
                    admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                            .all()
                            .get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException(e);
                    }
                }
                awaitLeaders(admin, topic);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A broker says that it leads a new partition a moment before it does. A producer whose first batch comes in between
     * and is refused, while its second is taken, retries the first in vain until its delivery times out.
     */
    private static void awaitLeaders(Admin admin, String topic) {
        Map<TopicPartition, OffsetSpec> partitions = IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(topic, partition), partition -> OffsetSpec.latest()));
        await().ignoreExceptions()
                .until(() -> admin.listOffsets(partitions).all().get().size() == PARTITIONS);
    }

    public static Pipeline pipeline(String yaml) {
        try {
            return Pipeline.of(DeclarationReader.read("pipeline.yaml", yaml));
        } catch (InvalidDeclarationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Sends a record with that id in its headers. */
    public Feed send(String id, String key, String json) {
        return send(null, id, key, json.getBytes(StandardCharsets.UTF_8), Instant.now());
    }

    public Feed send(Integer partition, String id, String key, byte[] value, Instant acceptedAt) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                pipeline.topicToLoad(),
                partition,
                acceptedAt.toEpochMilli(),
                key.getBytes(StandardCharsets.UTF_8),
                value);
        new EventHeaders(id, "test", "millrace." + pipeline.name(), acceptedAt, Optional.empty())
                .writeTo((name, bytes) -> record.headers().add(name, bytes));
        producer.send(record, (sent, failure) -> {
            if (failure != null) {
                lost = failure;
            }
        });
        return this;
    }

    Feed send(Payment payment) {
        return send(payment.id(), payment.customer(), payment.json());
    }

    /** Sends word of a prediction, as model does. */
    Feed prediction(String key, String json) {
        producer.send(
                new ProducerRecord<>(
                        pipeline.topics().predictions(),
                        key.getBytes(StandardCharsets.UTF_8),
                        json.getBytes(StandardCharsets.UTF_8)),
                (sent, failure) -> {
                    if (failure != null) {
                        lost = failure;
                    }
                });
        return this;
    }

    /** Sends a label of the event with that id, as ingest does. */
    public Feed label(String labels, String id, String json, Instant acceptedAt) {
        producer.send(
                new ProducerRecord<>(
                        pipeline.topics().labels(labels),
                        null,
                        acceptedAt.toEpochMilli(),
                        id.getBytes(StandardCharsets.UTF_8),
                        json.getBytes(StandardCharsets.UTF_8)),
                (sent, failure) -> {
                    if (failure != null) {
                        lost = failure;
                    }
                });
        return this;
    }

    public void flush() {
        producer.flush();
        if (lost != null) {
            throw new IllegalStateException("an event did not reach the broker", lost);
        }
    }

    /** Waits until the warehouse stands behind everything that was sent. */
    public void awaitLoaded() {
        flush();
        long sent = end();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> Sql.number("SELECT coalesce(sum(next_offset), 0) FROM millrace.offsets WHERE topic = '"
                                + pipeline.topicToLoad() + "'")
                        >= sent);
    }

    /** Waits until that many rejections are there, and gives them. */
    public List<Rejection> awaitRejections(int count) {
        return await().atMost(Duration.ofSeconds(30)).until(this::rejections, found -> found.size() >= count);
    }

    private long end() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer, pipeline.topicToLoad())).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                "bootstrap.servers", Machine.bootstrapServers(),
                "isolation.level", "read_committed",
                "key.deserializer", ByteArrayDeserializer.class.getName(),
                "value.deserializer", ByteArrayDeserializer.class.getName()));
    }

    private static Set<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Everything in the rejected topic. */
    public List<Rejection> rejections() {
        List<Rejection> rejections = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Set<TopicPartition> left = partitions(consumer, pipeline.topics().rejected());
            consumer.assign(left);
            consumer.seekToBeginning(left);
            Map<TopicPartition, Long> end = consumer.endOffsets(left);
            left.removeIf(partition -> end.get(partition) == 0);
            while (!left.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    rejections.add(Rejection.fromJson(record.value()));
                }
                left.removeIf(partition -> consumer.position(partition) >= end.get(partition));
            }
        }
        return rejections;
    }

    @Override
    public void close() {
        producer.close();
    }
}
