package dev.millrace.bench.streaming;

import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Watches the memory of transform-service while the number of keys that it keeps windows of grows. */
public final class Keys {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final LocalDateTime FIRST = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final int PARTITIONS = 1;
    private static final int LOOKS = 10;
    private static final double MORE = 1.1;

    /**
     * What was seen at some number of keys.
     *
     * @param residentMebibytes the process's resident memory
     */
    public record Look(int keys, long residentMebibytes, double eventsPerSecond) {}

    /** What was seen as the keys grew. */
    public record Grown(List<Look> looks) {
        /** Whether the second half of the keys took less than a tenth of what the process had by then. */
        public boolean isFlat() {
            long half = looks.get(looks.size() / 2 - 1).residentMebibytes();
            return looks.get(looks.size() - 1).residentMebibytes() <= half * MORE;
        }
    }

    private final Path home;

    /** Measures the build in that folder. */
    public Keys(Path home) {
        this.home = home;
    }

    /** Sends an event of each of so many keys, and looks ten times. */
    public Grown growTo(int keys, Consumer<String> progress)
            throws IOException, InterruptedException, ExecutionException {
        Path state = home.resolve(".millrace/bench-keys");
        Path pipelines = Files.createDirectories(state.resolve("pipelines"));
        Files.writeString(pipelines.resolve(Features.PLAIN.pipeline() + ".yaml"), Features.PLAIN.yaml());
        StackSettings settings = StackSettings.of(home, state)
                .withFreePorts()
                .withFolders(pipelines, pipelines.resolve("models"))
                .withEnvironment(Map.of("MILLRACE_TOPICS_PARTITIONS", Integer.toString(PARTITIONS)))
                .forgetting(Forget.STATE_AND_FILES);
        try (Stack stack = Stack.start(settings, progress);
                Admin admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()))) {
            for (Service service : Service.values()) {
                stack.kill(service);
            }
            Launch launch = Streaming.transform(home, stack, pipelines, state);
            Process process = launch.start();
            try (KafkaProducer<byte[], byte[]> producer = producer(stack)) {
                List<Look> looks = new ArrayList<>();
                for (int look = 0; look < LOOKS; look++) {
                    int from = (int) ((long) keys * look / LOOKS);
                    int to = (int) ((long) keys * (look + 1) / LOOKS);
                    long start = System.nanoTime();
                    send(producer, from, to, keys);
                    await(admin, to, process, launch);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    looks.add(new Look(to, residentMebibytes(process), (to - from) / seconds));
                    progress.accept(looks.get(look).toString());
                }
                return new Grown(looks);
            } finally {
                Stop.now(process.toHandle());
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Stack stack) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        stack.bootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * 1024,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Events of one month, each of a customer and a terminal of its own. */
    private static void send(KafkaProducer<byte[], byte[]> producer, int from, int to, int all) {
        for (int i = from; i < to; i++) {
            String at = FIRST.plusSeconds(i * 2_500_000L / all).format(TIME);
            String json = "{\"transaction_id\":\"" + i + "\",\"tx_datetime\":\"" + at + "\",\"customer_id\":\"c" + i
                    + "\",\"terminal_id\":\"t" + i + "\",\"tx_amount\":" + i % 1_000 / 10.0 + "}";
            ProducerRecord<byte[], byte[]> event =
                    new ProducerRecord<>(Features.PLAIN.raw(), bytes("c" + i), bytes(json));
            event.headers().add("ce_id", bytes(Integer.toString(i)));
            producer.send(event);
        }
        producer.flush();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends of transactions are records too, so it may be a little early. */
    private static void await(Admin admin, int records, Process process, Launch launch)
            throws InterruptedException, ExecutionException {
        long there = 0;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (there < records) {
            long now = Streaming.records(admin, Features.PLAIN.clean(), PARTITIONS);
            if (now > there) {
                there = now;
                end = System.nanoTime() + PATIENCE.toNanos();
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(there + " of " + records + " records are there; see " + launch.log());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static long residentMebibytes(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
