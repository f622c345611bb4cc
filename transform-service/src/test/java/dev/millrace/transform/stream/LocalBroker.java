package dev.millrace.transform.stream;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.broker.SeenClients;
import dev.millrace.local.process.Life;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** A broker and the folders that the service under test uses; its fields of this type are set to it. */
public final class LocalBroker implements QuarkusTestResourceLifecycleManager {
    private Path folder;
    private KafkaBroker broker;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("millrace-transform");
            Files.createDirectory(pipelines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
        // The session is so long that whoever waits for its end fails the test.
        return Map.of(
                "millrace.streams.session-timeout",
                "120s",
                "kafka.metric.reporters",
                SeenClients.class.getName(),
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "millrace.pipelines.dir",
                pipelines().toString(),
                "millrace.pipelines.poll",
                "100ms",
                "millrace.streams.state-dir",
                folder.resolve("state").toString(),
                "quarkus.http.test-port",
                "0");
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    Path pipelines() {
        return folder.resolve("pipelines");
    }

    void kill() {
        broker.kill();
    }

    /** Starts it again after it was killed, with its data and on its port. */
    void startAgain() {
        broker = KafkaBroker.start(folder.resolve("broker"), broker.port(), Life.SHORT);
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(LocalBroker.class));
    }

    @Override
    public void stop() {
        broker.close();
        delete(folder);
    }

    static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
