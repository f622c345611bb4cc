package dev.millrace.ingest;

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

/** The machine that the service under test runs on: a real broker, a folder of pipelines, a folder of data. */
public class Machine implements QuarkusTestResourceLifecycleManager {
    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("millrace-ingest-test");
            Path pipelines = Files.createDirectory(folder.resolve("pipelines"));
            Path data = Files.createDirectory(folder.resolve("data"));
            Files.writeString(pipelines.resolve("payments.yaml"), Payments.pipeline("payments", "http: {}"));
            KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
            return Map.ofEntries(
                    Map.entry("kafka.bootstrap.servers", broker.bootstrapServers()),
                    Map.entry("kafka.metric.reporters", SeenClients.class.getName()),
                    Map.entry("machine.folder", folder.toString()),
                    Map.entry("millrace.pipelines.dir", pipelines.toString()),
                    Map.entry("millrace.pipelines.poll", "100ms"),
                    Map.entry("millrace.data.dir", data.toString()),
                    Map.entry("millrace.files.poll", "100ms"),
                    Map.entry("millrace.files.settle", "2s"),
                    Map.entry("millrace.files.chunk", "50"),
                    Map.entry("millrace.topics.partitions", "2"),
                    Map.entry("millrace.http.max-body", "2M"),
                    Map.entry("millrace.http.max-in-flight", "12M"),
                    Map.entry("millrace.http.broker-patience", "4s"),
                    Map.entry("mp.messaging.outgoing.raw.delivery.timeout.ms", "3000"),
                    Map.entry("mp.messaging.outgoing.raw.request.timeout.ms", "2000"),
                    Map.entry("mp.messaging.outgoing.raw.reconnect.backoff.max.ms", "200"),
                    Map.entry("quarkus.http.test-port", "0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (folder == null) {
            return;
        }
        new Broker(folder).stop();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
