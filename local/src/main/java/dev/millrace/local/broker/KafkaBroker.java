package dev.millrace.local.broker;

import dev.millrace.local.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker in KRaft mode on this machine, as a process of its own, so that it can be killed like one. Its data
 * stays in its folder; a broker that is started on it again has it. Thread-safe for reading; one thread starts and stops.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final Process process;

    private KafkaBroker(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param folder where its data and its log are; made if absent
     * @param port the port to listen on, or 0 for any free one
     * @throws IllegalStateException if it does not answer in time; the message names the log
     */
    public static KafkaBroker start(Path folder, int port) {
        int listener = port == 0 ? FreePort.any() : port;
        try {
            Files.createDirectories(folder);
            Path data = folder.resolve("data");
            format(data);
            Path properties = folder.resolve("server.properties");
            Files.writeString(properties, properties(data, listener, FreePort.any()));
            Path logging = folder.resolve("log4j2.properties");
            Files.writeString(logging, LOGGING);
            KafkaBroker broker = new KafkaBroker(folder, listener, launch(folder, properties, logging));
            broker.awaitAnswer();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder " + folder + " can not be written", e);
        }
    }

    /** Where clients connect: {@code localhost:port}. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Its process. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Ends it at once, as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Ends it in order. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }

    private static void format(Path data) {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId("millrace-local-broker0")
                    .setNodeId(1)
                    .setDirectories(List.of(data.toString()))
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("the broker's folder " + data + " can not be formatted: " + e, e);
        }
    }

    private static String properties(Path data, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%2$d
                listeners=PLAINTEXT://localhost:%1$d,CONTROLLER://localhost:%2$d
                advertised.listeners=PLAINTEXT://localhost:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                num.partitions=4
                default.replication.factor=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                # One machine's disk: segments small enough to be deleted in time, records kept as long as the data is.
                log.segment.bytes=134217728
                log.retention.ms=-1
                message.max.bytes=8388608
                num.network.threads=2
                num.io.threads=4
                """.formatted(port, controllerPort, data.toString().replace("\\", "/"));
    }

    private static final String LOGGING = """
            status = error
            appender.out.type = Console
            appender.out.name = out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p [%c{1}] %m%n
            rootLogger.level = warn
            rootLogger.appenderRef.out.ref = out
            """;

    private static Process launch(Path folder, Path properties, Path logging) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseG1GC",
                "-Dlog4j2.configurationFile=" + logging,
                "kafka.Kafka",
                properties.toString());
        // By the environment: a class path is easily longer than a command line may be.
        builder.environment().put("CLASSPATH", classPath());
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("broker.log").toFile()));
        return builder.start();
    }

    /** Surefire hides the class path in a manifest and says what it was in a property of its own. */
    private static String classPath() {
        String tests = System.getProperty("surefire.test.class.path");
        return (tests == null ? System.getProperty("java.class.path") : tests).replace('\n', File.pathSeparatorChar);
    }

    private void awaitAnswer() {
        long end = System.nanoTime() + STARTS_WITHIN.toNanos();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers(), "default.api.timeout.ms", 5_000, "request.timeout.ms", 5_000);
        try (Admin admin = Admin.create(settings)) {
            while (true) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the broker ended by itself; see " + folder.resolve("broker.log"));
                }
                if (answers(admin)) {
                    return;
                }
                if (System.nanoTime() > end) {
                    kill();
                    throw new IllegalStateException("the broker did not answer within " + STARTS_WITHIN.toSeconds()
                            + " s; see " + folder.resolve("broker.log"));
                }
            }
        }
    }

    private static boolean answers(Admin admin) {
        try {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker was starting", e);
        }
    }
}
