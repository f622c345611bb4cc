package dev.millrace.local.broker;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Life;
import dev.millrace.local.process.RunningProcess;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * A Kafka broker in KRaft mode on this machine, as a process of its own, so that it can be killed like one. Its data
 * stays in its folder; a broker that is started on it again has it. Thread-safe for reading; one thread starts and stops.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(120);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);
    private static final String PROCESS_FILE = "broker.pid";

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
     * @param life how long it is to live
     * @throws IllegalStateException if it does not answer in time; the message names the log
     */
    public static KafkaBroker start(Path folder, int port, Life life) {
        int listener = FreePort.orAny(port);
        try {
            Files.createDirectories(folder);
            endFormer(folder);
            BrokerSettings settings = new BrokerSettings(
                    folder.resolve("data"), "localhost", "localhost", listener, FreePort.any(), Optional.empty());
            settings.format();
            Path properties = folder.resolve("server.properties");
            Files.writeString(properties, settings.properties());
            Path logging = folder.resolve("log4j2.properties");
            try (InputStream resource = KafkaBroker.class.getResourceAsStream("log4j2.properties")) {
                Files.copy(resource, logging, StandardCopyOption.REPLACE_EXISTING);
            }
            KafkaBroker broker = new KafkaBroker(folder, listener, launch(folder, properties, logging, life));
            broker.remember();
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

    /** Its log. */
    public Path log() {
        return log(folder);
    }

    /** Ends it at once, as {@code kill -9} does. */
    public void kill() {
        Stop.now(process.toHandle());
    }

    /** Ends it in order. */
    @Override
    public void close() {
        Stop.inOrder(process.toHandle(), STOPS_WITHIN);
    }

    /** Ends a broker that still holds the folder because its starter was killed; tells whether there was one. */
    public static boolean endFormer(Path folder) {
        Path file = folder.resolve(PROCESS_FILE);
        try {
            String[] words = Files.exists(file) ? Files.readString(file).strip().split(" ") : new String[0];
            Optional<ProcessHandle> former = words.length == 2
                    ? new RunningProcess(Long.parseLong(words[0]), Long.parseLong(words[1])).find()
                    : Optional.empty();
            former.ifPresent(process -> Stop.inOrder(process, STOPS_WITHIN));
            return former.isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be read", e);
        }
    }

    private void remember() throws IOException {
        RunningProcess running = RunningProcess.of(process.toHandle());
        Files.writeString(folder.resolve(PROCESS_FILE), running.pid() + " " + running.startedMillis());
    }

    private static Process launch(Path folder, Path properties, Path logging, Life life) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Launch.java());
        command.addAll(life.options());
        command.addAll(List.of(
                "-Xms128m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlog4j2.configurationFile=" + logging,
                "-Dmillrace.broker.log=" + log(folder),
                "kafka.Kafka",
                properties.toString()));
        // By the environment: a class path is easily longer than a command line may be.
        Map<String, String> environment = Map.of("CLASSPATH", BrokerClassPath.in(folder));
        return new Launch(command, environment, folder.resolve("broker.out")).start();
    }

    private static Path log(Path folder) {
        return folder.resolve("broker.log");
    }

    private void awaitAnswer() {
        long end = System.nanoTime() + STARTS_WITHIN.toNanos();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers(), "default.api.timeout.ms", 5_000, "request.timeout.ms", 5_000);
        try (Admin admin = Admin.create(settings)) {
            while (true) {
                if (!process.isAlive()) {
                    throw new IllegalStateException(
                            "the broker ended by itself; see " + folder.resolve("broker.out") + " and " + log());
                }
                if (answers(admin)) {
                    return;
                }
                if (System.nanoTime() > end) {
                    kill();
                    throw new IllegalStateException("the broker did not answer within " + STARTS_WITHIN.toSeconds()
                            + " s; see " + folder.resolve("broker.out") + " and " + log());
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
