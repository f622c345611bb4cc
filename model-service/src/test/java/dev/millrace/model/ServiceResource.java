package dev.millrace.model;

import dev.millrace.local.broker.SeenClients;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Starts the service on the test's broker, with folders of pipelines and models that hold the card-fraud example. */
public class ServiceResource implements QuarkusTestResourceLifecycleManager {
    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "service");
            Path pipelines = Files.createDirectory(folder.resolve("pipelines"));
            Path models = Files.createDirectory(folder.resolve("models"));
            Files.writeString(pipelines.resolve("card-fraud.yaml"), CardFraud.declaration("card-fraud"));
            RegisteredModel.example("card-fraud", "1").write(models);
            RegisteredModel.alias(models, "card-fraud", "champion", "1");
            return Map.of(
                    "kafka.metric.reporters",
                    SeenClients.class.getName(),
                    "kafka.bootstrap.servers",
                    Broker.bootstrapServers(),
                    "millrace.pipelines.dir",
                    pipelines.toString(),
                    "millrace.pipelines.poll",
                    "100ms",
                    "millrace.models.dir",
                    models.toString(),
                    "millrace.models.poll",
                    "100ms",
                    "millrace.features.dir",
                    folder.resolve("features").toString(),
                    "quarkus.http.test-port",
                    "0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        Folders.delete(folder);
    }
}
