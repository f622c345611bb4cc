package dev.millrace.bench.streaming;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.service.rocksdb.BoundedMemory;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionJson;
import dev.millrace.transform.TransformMetrics;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.TransformTopology;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.internals.StreamTask;

/**
 * Rolling features without a broker: the topology that transform-service runs, and that of {@link HandWritten}, in Kafka
 * Streams' own task on one thread, with RocksDB on the disk. What a consumer and a producer do is left out: polling, batches,
 * compression, sending. What goes to a changelog is made and thrown away; what goes from one key to the next is handed on as
 * bytes.
 */
public final class Brokerless {
    /** As many as the service takes from one poll. */
    private static final int AT_ONCE = 5_000;
    /** As often as the service does. */
    private static final long BETWEEN_COMMITS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final SizeLimits LIMITS = new SizeLimits(1024 * 1024, 1024 * 1024);

    private final int warmUp;
    private final int events;

    /** Measures that many events after a warm-up. */
    public Brokerless(int warmUp, int events) {
        this.warmUp = warmUp;
        this.events = events;
    }

    /** Events a second of the process' processor time: by hand, and what transform-service does. */
    public record Speeds(double byHand, double millrace) {}

    /** Measures both, one after the other. */
    public Speeds measure() throws IOException, InvalidDeclarationException {
        double byHand = perCpuSecond(HandWritten.topology(Features.PLAIN.raw(), "handwritten"), new Properties());
        return new Speeds(byHand, millrace());
    }

    private double millrace() throws IOException, InvalidDeclarationException {
        Pipeline pipeline = Pipeline.of(DeclarationReader.read("features.yaml", Features.PLAIN.yaml()));
        Properties properties = new Properties();
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemory.class);
        return perCpuSecond(
                TransformTopology.of(
                        pipeline,
                        pipeline.transform(),
                        new TransformMetrics(new SimpleMeterRegistry()).of(pipeline),
                        LIMITS,
                        1,
                        Optional.empty()),
                properties);
    }

    private double perCpuSecond(Topology topology, Properties properties) throws IOException {
        Path state = Files.createTempDirectory("millrace-bench");
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "brokerless");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
            Task task = new Task(driver);
            Iterator<Transaction> transactions = new CardSimulator(
                            SimulatorSettings.handbook(1, 1 + (warmUp + events) / 9_000))
                    .stream().limit(warmUp + events).iterator();
            return run(task, transactions);
        } finally {
            delete(state);
        }
    }

    /** Events are made ahead of the time that is taken, {@link #AT_ONCE} each. */
    private double run(Task task, Iterator<Transaction> transactions) {
        long offset = 0;
        Duration taken = Duration.ZERO;
        while (transactions.hasNext()) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(AT_ONCE);
            while (transactions.hasNext() && records.size() < AT_ONCE) {
                records.add(record(transactions.next(), offset + records.size()));
            }
            Duration before = ProcessorTime.of(ProcessHandle.current()).total();
            task.process(records);
            if (offset >= warmUp) {
                taken = taken.plus(
                        ProcessorTime.of(ProcessHandle.current()).total().minus(before));
            }
            offset += records.size();
        }
        task.requireAll(warmUp + events);
        return events / (taken.toNanos() / 1e9);
    }

    private static ConsumerRecord<byte[], byte[]> record(Transaction transaction, long offset) {
        RecordHeaders headers = new RecordHeaders();
        new EventHeaders(
                        Long.toString(offset),
                        "bench",
                        "millrace." + Features.PLAIN.pipeline(),
                        Instant.now(),
                        Optional.empty())
                .writeTo(headers::add);
        byte[] key = bytes(Integer.toString(transaction.customerId()));
        byte[] value = bytes(TransactionJson.line(transaction));
        return new ConsumerRecord<>(
                Features.PLAIN.raw(),
                0,
                offset,
                System.currentTimeMillis(),
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    /**
     * The one task that the test driver makes of a topology. The driver itself takes a record through all of it and commits
     * before the next, with RocksDB's memory written to the disk each time; here it commits as often as the service.
     */
    private static final class Task {
        private final StreamTask task;
        private final MockProducer<byte[], byte[]> producer;
        private long committedAt = System.nanoTime();
        private long offset;
        private long left;

        @SuppressWarnings("unchecked") // The driver's producer takes bytes, and a class has no type arguments.
        Task(TopologyTestDriver driver) {
            this.task = field(driver, "task", StreamTask.class);
            this.producer = field(driver, "producer", MockProducer.class);
        }

        private static <T> T field(TopologyTestDriver driver, String name, Class<T> type) {
            try {
                Field field = TopologyTestDriver.class.getDeclaredField(name);
                field.setAccessible(true);
                return type.cast(field.get(driver));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Kafka's test driver is another one", e);
            }
        }

        /** Takes them in, and what they become behind the topic between the keys. */
        void process(List<ConsumerRecord<byte[], byte[]>> records) {
            task.addRecords(new TopicPartition(records.get(0).topic(), 0), records);
            processAll();
            List<ConsumerRecord<byte[], byte[]>> between = sent();
            if (!between.isEmpty()) {
                task.addRecords(new TopicPartition(between.get(0).topic(), 0), between);
                processAll();
                sent();
            }
        }

        private void processAll() {
            task.resumePollingForPartitionsWithAvailableSpace();
            task.updateLags();
            while (task.process(System.currentTimeMillis())) {
                if (System.nanoTime() - committedAt > BETWEEN_COMMITS) {
                    task.prepareCommit(true);
                    task.postCommit(false);
                    committedAt = System.nanoTime();
                }
            }
        }

        /** What was sent to the topic between the keys, as it would be read; the rest is counted or left. */
        private List<ConsumerRecord<byte[], byte[]>> sent() {
            List<ConsumerRecord<byte[], byte[]>> between = new ArrayList<>(AT_ONCE);
            for (ProducerRecord<byte[], byte[]> record : producer.history()) {
                if (record.topic().endsWith("-repartition")) {
                    between.add(new ConsumerRecord<>(
                            record.topic(),
                            0,
                            offset++,
                            record.timestamp(),
                            TimestampType.CREATE_TIME,
                            record.key().length,
                            record.value().length,
                            record.key(),
                            record.value(),
                            record.headers(),
                            Optional.empty()));
                } else if (!record.topic().endsWith("-changelog")) {
                    left++;
                }
            }
            producer.clear();
            return between;
        }

        void requireAll(long wanted) {
            if (left != wanted) {
                throw new IllegalStateException(left + " of " + wanted + " events have left the topology");
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
