package dev.millrace.model;

import dev.millrace.local.broker.SeenClients;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            RegisteredModel.example("card-fraud", "2").write(models);
            // Of no pipeline, for clients of the Open Inference Protocol.
            RegisteredModel.of(
                            "every-type",
                            TinyOnnx.TYPES.keySet().stream()
                                    .map(type -> "in_" + type)
                                    .toList(),
                            TinyOnnx.everyType())
                    .write(models);
            RegisteredModel.alias(models, "every-type", "champion", "1");
            RegisteredModel.of(
                            "countries",
                            List.of("amount", "hour", "country"),
                            exported("sklearn-pipeline-named-inputs"))
                    .write(models);
            RegisteredModel.alias(models, "countries", "champion", "1");
            RegisteredModel.of("lookup", "tx_amount", 1, TinyOnnx.lookup()).write(models);
            RegisteredModel.alias(models, "lookup", "challenger", "1");
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
                    "quarkus.http.test-port",
                    "0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] exported(String name) throws IOException {
        return Files.readAllBytes(Path.of("src", "test", "resources", "models", name + ".onnx"));
    }

    @Override
    public void stop() {
        Folders.delete(folder);
    }
}
