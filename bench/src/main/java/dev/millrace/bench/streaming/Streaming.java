package dev.millrace.bench.streaming;

import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.TransactionJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Works off the same raw events with transform-service and with {@link HandWritten}, each a process with the same JVM options
 * that has the machine to itself but for the broker.
 */
public final class Streaming {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long LOOK_EVERY_MILLIS = 50;

    /**
     * How fast a program was.
     *
     * @param perSecond events a second
     * @param perCpuSecond events a second of processor time of its process
     * @param micros the microseconds of processor time that an event took, by the threads that took them
     */
    public record Speed(double perSecond, double perCpuSecond, Map<ProcessorTime.Part, Double> micros) {}

    /**
     * The programs on the same events.
     *
     * @param partitions how many partitions the topics had
     * @param published transform-service that writes the features of each key to a topic as well
     */
    public record Compared(int partitions, Speed handWritten, Speed millrace, Speed published) {}

    private final Path home;
    private final int warmUp;
    private final int events;

    /** Measures that many events after a warm-up. */
    public Streaming(Path home, int warmUp, int events) {
        this.home = home;
        this.warmUp = warmUp;
        this.events = events;
    }

    /** Compares both on topics of that many partitions. */
    public Compared compare(int partitions) throws IOException, InterruptedException, ExecutionException {
        Path state = home.resolve(".millrace/bench-streaming");
        Path pipelines = Files.createDirectories(state.resolve("pipelines"));
        for (Features features : List.of(Features.PLAIN, Features.PUBLISHED)) {
            Path alone = Files.createDirectories(state.resolve(features.pipeline()));
            for (Path folder : List.of(pipelines, alone)) {
                Files.writeString(folder.resolve(features.pipeline() + ".yaml"), features.yaml());
            }
        }
        StackSettings settings = StackSettings.of(home, state)
                .withFreePorts()
                .withFolders(pipelines, pipelines.resolve("models"))
                .withEnvironment(Map.of("MILLRACE_TOPICS_PARTITIONS", Integer.toString(partitions)))
                .forgetting(Forget.STATE_AND_FILES);
        try (Stack stack = Stack.start(settings, line -> System.out.println("  " + line));
                Admin admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()))) {
            stack.kill(Service.TRANSFORM);
            stack.kill(Service.MODEL);
            stack.kill(Service.LOAD);
            feed(stack, Features.PLAIN);
            feed(stack, Features.PUBLISHED);
            stack.kill(Service.INGEST);
            admin.createTopics(List.of(new NewTopic("handwritten", partitions, (short) 1)))
                    .all()
                    .get();
            Speed byHand = measure(admin, "handwritten", partitions, handWritten(stack, state));
            return new Compared(
                    partitions,
                    byHand,
                    millrace(admin, stack, state, partitions, Features.PLAIN),
                    millrace(admin, stack, state, partitions, Features.PUBLISHED));
        }
    }

    private Speed millrace(Admin admin, Stack stack, Path state, int partitions, Features features)
            throws InterruptedException, ExecutionException {
        return measure(
                admin, features.clean(), partitions, transform(home, stack, state.resolve(features.pipeline()), state));
    }

    private void feed(Stack stack, Features features) {
        int count = warmUp + events;
        // One connection: of two, one that has to come again would bring what is late by then.
        try (HttpFeed feed = new HttpFeed(stack.address(Service.INGEST), features.pipeline(), 1)) {
            new CardSimulator(SimulatorSettings.handbook(1, 1 + count / 9_000))
                    .stream().limit(count).forEach(transaction -> feed.line(TransactionJson.line(transaction)));
            feed.finish();
        }
    }

    static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Launch.java(), "-Xmx512m", "-XX:+UseSerialGC", "-Dslf4j.internal.verbosity=ERROR"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Transform-service alone, with the state of its own in that folder. */
    static Launch transform(Path home, Stack stack, Path pipelines, Path state) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", stack.bootstrapServers());
        environment.put("MILLRACE_PIPELINES_DIR", pipelines.toString());
        environment.put(
                "MILLRACE_STREAMS_STATE_DIR", state.resolve("services/measured").toString());
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(FreePort.any()));
        return new Launch(
                java(
                        "-jar",
                        home.resolve("transform-service/target/quarkus-app/quarkus-run.jar")
                                .toString()),
                environment,
                state.resolve("transform.log"));
    }

    private static Launch handWritten(Stack stack, Path state) {
        return new Launch(
                java(
                        "-cp",
                        System.getProperty("java.class.path"),
                        HandWritten.class.getName(),
                        stack.bootstrapServers(),
                        Features.PLAIN.raw(),
                        "handwritten",
                        state.resolve("services/handwritten").toString()),
                Map.of(),
                state.resolve("handwritten.log"));
    }

    private Speed measure(Admin admin, String topic, int partitions, Launch launch)
            throws InterruptedException, ExecutionException {
        Process process = launch.start();
        try {
            long end = System.nanoTime() + PATIENCE.toNanos();
            long from = await(admin, topic, partitions, warmUp, process, launch, end);
            long start = System.nanoTime();
            ProcessorTime cpu = ProcessorTime.of(process.toHandle());
            long to = await(admin, topic, partitions, warmUp + events, process, launch, end);
            double seconds = (System.nanoTime() - start) / 1e9;
            ProcessorTime now = ProcessorTime.of(process.toHandle());
            double cpuSeconds = now.total().minus(cpu.total()).toNanos() / 1e9;
            return new Speed((to - from) / seconds, (to - from) / cpuSeconds, now.since(cpu, to - from));
        } finally {
            Stop.now(process.toHandle());
        }
    }

    /** Waits until the topic has that many records, and says how many it has; ends of transactions are among them. */
    private static long await(
            Admin admin, String topic, int partitions, long records, Process process, Launch launch, long end)
            throws InterruptedException, ExecutionException {
        while (true) {
            long there = records(admin, topic, partitions);
            if (there >= records) {
                return there;
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(
                        topic + " has " + there + " of " + records + " records; see " + launch.log());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    static long records(Admin admin, String topic, int partitions) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get().values().stream()
                .mapToLong(info -> info.offset())
                .sum();
    }
}
