package dev.millrace.service.reference;

import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.transform.ReferenceShape;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * The rows of a compacted topic: its committed records are read to the end, and followed from then on. A thread of its
 * own reads; finding is thread-safe. Where positions are gone or partitions were added, the topic is read anew into
 * other rows, which take the place of those before once they are whole.
 */
final class TopicReference implements Followed {
    private static final Logger LOG = Logger.getLogger(TopicReference.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(5);
    private static final long BETWEEN_TRIES_MILLIS = 1_000;
    private static final long LOOK_AT_PARTITIONS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String pipeline;
    private final String topic;
    private final ReferenceShape shape;
    private final EventReader reader;
    private final int most;
    private final Map<String, Object> settings;
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile Map<String, Row> rows = new ConcurrentHashMap<>();
    private volatile String problem;
    private long refused;

    /** That topic, not read yet; a thread begins to. */
    TopicReference(String pipeline, String topic, ReferenceShape shape, int most, Map<String, Object> kafka) {
        this.pipeline = pipeline;
        this.topic = topic;
        this.shape = shape;
        // The key is the record's own and not looked for in its value.
        this.reader = new EventReader(shape.columns());
        this.most = most;
        this.settings = settings(kafka);
        this.thread = new Thread(this::run, "reference-" + pipeline + "-" + topic);
        thread.setDaemon(true);
        thread.start();
    }

    private static Map<String, Object> settings(Map<String, Object> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    /**
     * Waits until it is read to the end that it had when reading began.
     *
     * @throws UnreadableReferenceException if it can not be read, or not within that time
     */
    void awaitWhole(Duration patience) throws UnreadableReferenceException {
        try {
            whole.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new UnreadableReferenceException(e.getCause().getMessage());
        } catch (TimeoutException e) {
            throw new UnreadableReferenceException(
                    "the reference topic '" + topic + "' was not read to its end within " + patience.toSeconds()
                            + " s; " + (problem == null ? "millrace.references.start-timeout" : problem));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreadableReferenceException("interrupted while reading the reference topic '" + topic + "'");
        }
    }

    @Override
    public Optional<Row> find(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    @Override
    public String name() {
        return topic;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        while (closing.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> opened = new KafkaConsumer<>(settings)) {
                consumer = opened;
                // Whoever closes this either sees the consumer and wakes it, or is seen here.
                if (closing.getCount() == 0) {
                    return;
                }
                List<TopicPartition> partitions = partitions();
                readAll(partitions);
                whole.complete(null);
                follow(partitions.size());
            } catch (WakeupException e) {
                LOG.debugf("pipeline %s: no longer following the reference topic %s", pipeline, topic);
            } catch (InvalidOffsetException e) {
                LOG.warnf("pipeline %s: the reference topic %s is read anew: %s", pipeline, topic, e.getMessage());
            } catch (UnreadableReferenceException e) {
                failed(e);
            } catch (KafkaException e) {
                failed(new UnreadableReferenceException(
                        "the reference topic '" + topic + "' can not be read: " + e.getMessage()));
            }
        }
    }

    private List<TopicPartition> partitions() throws UnreadableReferenceException {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnreadableReferenceException("there is no reference topic '" + topic + "'");
        }
        return partitions;
    }

    private void readAll(List<TopicPartition> partitions) throws UnreadableReferenceException {
        Map<String, Row> fresh = new ConcurrentHashMap<>();
        refused = 0;
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record, fresh);
            }
            if (fresh.size() > most) {
                throw new UnreadableReferenceException("the reference topic '" + topic + "' has more than " + most
                        + " rows; millrace.references.max-rows allows more");
            }
        }
        rows = fresh;
        if (refused == 0) {
            problem = null;
        }
        LOG.infof("pipeline %s: the reference topic %s was read: %d rows", pipeline, topic, fresh.size());
    }

    private void follow(int partitions) {
        long looked = System.nanoTime();
        while (closing.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record, rows);
            }
            if (System.nanoTime() - looked > LOOK_AT_PARTITIONS_NANOS) {
                looked = System.nanoTime();
                if (consumer.partitionsFor(topic).size() != partitions) {
                    return;
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Map<String, Row> into) {
        Optional<String> key =
                record.key() == null ? Optional.empty() : shape.key(new String(record.key(), StandardCharsets.UTF_8));
        if (key.isEmpty()) {
            refuse(record, "its key is not " + shape.key().type().description());
        } else if (record.value() == null) {
            into.remove(key.get());
        } else if (into == rows && into.size() >= most && !into.containsKey(key.get())) {
            refuse(record, "there are " + most + " rows; millrace.references.max-rows allows more");
        } else {
            put(record, key.get(), into);
        }
    }

    private void put(ConsumerRecord<byte[], byte[]> record, String key, Map<String, Row> into) {
        Reading reading = reader.read(record.value());
        if (reading instanceof Reading.Read read) {
            into.put(key, read.row());
        } else {
            refuse(
                    record,
                    ((Reading.Refused) reading)
                            .violations().stream().map(Violation::message).collect(Collectors.joining("; ")));
        }
    }

    /** One record that is wrong can not stop a pipeline: its key's row stays as it was. */
    private void refuse(ConsumerRecord<byte[], byte[]> record, String why) {
        refused++;
        String place = record.topic() + "-" + record.partition() + "@" + record.offset();
        problem = refused + (refused == 1 ? " record was" : " records were") + " not taken, the last at " + place + ": "
                + why;
        // A topic full of them is not told line by line.
        if (Long.bitCount(refused) == 1) {
            LOG.errorf("pipeline %s: of the reference topic %s, %s", pipeline, topic, problem);
        }
    }

    private void failed(UnreadableReferenceException failure) {
        // Whoever waits for the first reading tells of its failure.
        if (!whole.completeExceptionally(failure) && !failure.getMessage().equals(problem)) {
            LOG.errorf("pipeline %s: %s; the %d rows read before stay", pipeline, failure.getMessage(), rows.size());
        }
        problem = failure.getMessage();
        try {
            closing.await(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(CLOSES_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
