package dev.millrace.model.stream;

import dev.millrace.model.Broker;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Topic;
import dev.millrace.model.registry.OpenModels;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.simulator.Transaction;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Measures how many events a second one worker scores with the card-fraud model, from a topic that is full already to
 * committed scores, broker on the same machine. From model-service, after {@code mvn test-compile}:
 *
 * <pre>{@code ../mvnw -q exec:exec -Dexec.executable=java -Dexec.classpathScope=test \
 *     -Dexec.args="-cp %classpath dev.millrace.model.stream.ScoringThroughput 200000 5"}</pre>
 *
 * <p>The first run warms up. Look at the CPU used for each event where others use the machine too.
 */
final class ScoringThroughput {
    private static final int BATCH = 4_000;

    private ScoringThroughput() {}

    /** Prints a line a run. The arguments are how many events, and how many runs. */
    public static void main(String[] arguments) throws Exception {
        int events = Integer.parseInt(arguments[0]);
        int runs = Integer.parseInt(arguments[1]);
        List<Transaction> transactions = CardFraud.transactions(events);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Broker.bootstrapServers()))) {
            for (int run = 0; run < runs; run++) {
                Pipeline pipeline = CardFraud.pipeline("throughput-" + run);
                Topic.make(pipeline.topics().all());
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(events);
                long now = Instant.now().toEpochMilli();
                transactions.forEach(transaction -> records.add(CardFraud.cleanRecord(pipeline, transaction, now)));
                Topic.send(records);
                records.clear();
                measure(admin, pipeline, transactions.size());
            }
        }
        System.exit(0);
    }

    private static void measure(Admin admin, Pipeline pipeline, int events) throws Exception {
        try (ScoringWorker worker =
                Workers.of(pipeline, OpenModels.in(CardFraud.MODELS), "throughput", BATCH, Broker.bootstrapServers())) {
            long start = System.nanoTime();
            worker.start();
            while (committed(admin, pipeline) == 0) {
                Thread.sleep(2);
            }
            long first = System.nanoTime();
            long cpu = cpu();
            long before = committed(admin, pipeline);
            while (committed(admin, pipeline) < events) {
                Thread.sleep(5);
            }
            long end = System.nanoTime();
            System.out.printf(
                    "%,d events: first commit after %d ms, then %,.0f events/s, %.1f µs of this process's CPU each%n",
                    events,
                    Duration.ofNanos(first - start).toMillis(),
                    (events - before) * 1e9 / (end - first),
                    (cpu() - cpu) / 1e3 / (events - before));
        }
    }

    /** What this process has used of the CPU, in ns: says more than events/s where others use the machine as well. */
    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long committed(Admin admin, Pipeline pipeline) throws Exception {
        return admin
                .listConsumerGroupOffsets("millrace-model-" + pipeline.name())
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(offset -> offset == null ? 0 : offset.offset())
                .sum();
    }
}
