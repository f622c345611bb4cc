package dev.millrace.model;

import dev.millrace.local.broker.SeenClients;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts the service on the test's broker, with folders of pipelines and models that hold card-fraud of amount and time, and others. */
public class ServiceResource implements QuarkusTestResourceLifecycleManager {
    /** A pipeline whose model takes live features, and whose reasons have names. */
    private static final String PAYMENTS = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: payments }
            spec:
              event:
                id: id
                key: customer
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
                  customer: { type: string, required: true }
                  amount: { type: double, required: true }
              transform:
                - window: { by: customer, over: [1d], compute: { n_1d: "count()", mean_1d: "mean(amount)" } }
                - derive: { share: amount / mean_1d }
              model:
                name: payments
                reasons: { n_1d: { raises: "many payments in a day" }, mean_1d: { lowers: "small amounts" } }
              sinks: [{ postgres: { fact: { table: fact_payment } } }]
            """;

    /** A pipeline whose model recommends. */
    private static final String SHOP = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: shop }
            spec:
              event:
                id: id
                key: visitor
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
                  visitor: { type: string, required: true }
                  item: { type: string, required: true }
                  category: { type: string }
                  price: { type: decimal }
              transform:
                - window: { by: visitor, over: [365d], compute: { chosen: "recent(item, 20)" } }
              model:
                name: recommend
                recommend: { history: chosen, attributes: [category, price] }
                canary: { alias: challenger, percent: 0 }
                shadow: { alias: tried }
              sinks: [{ postgres: { fact: { table: fact_visit } } }]
            """;

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
                            1,
                            TinyOnnx.everyType())
                    .write(models);
            RegisteredModel.alias(models, "every-type", "champion", "1");
            RegisteredModel.of(
                            "countries",
                            List.of("amount", "hour", "country"),
                            1,
                            exported("sklearn-pipeline-named-inputs"))
                    .write(models);
            RegisteredModel.alias(models, "countries", "champion", "1");
            RegisteredModel.of("lookup", "tx_amount", 1, TinyOnnx.lookup()).write(models);
            RegisteredModel.alias(models, "lookup", "challenger", "1");
            Files.writeString(pipelines.resolve("payments.yaml"), PAYMENTS);
            RegisteredModel.of(
                            "payments",
                            List.of("n_1d", "mean_1d", "share"),
                            1,
                            ExplainedOnnx.linear(new float[] {1, 10, 1}, new float[] {0.5f, 0.01f, 2}, -1))
                    .write(models);
            RegisteredModel.alias(models, "payments", "champion", "1");
            Files.writeString(pipelines.resolve("shop.yaml"), SHOP);
            RegisteredModel.recommender("recommend", "1", exported("recommend")).write(models);
            RegisteredModel.recommender("recommend", "2", ofTools(exported("recommend")))
                    .write(models);
            Folders.put(
                    models.resolve("recommend").resolve("aliases.json"),
                    "{\"champion\": \"1\", \"tried\": \"2\"}".getBytes(StandardCharsets.UTF_8));
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

    private static byte[] exported(String name) throws IOException {
        return Files.readAllBytes(Path.of("src", "test", "resources", "models", name + ".onnx"));
    }

    /** The same weights, but the first three books were chosen by few. */
    private static byte[] ofTools(byte[] onnx) {
        String text = new String(onnx, StandardCharsets.ISO_8859_1);
        return text.replace("\"popular\":[9,9,9,9,", "\"popular\":[1,1,1,9,").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void stop() {
        Folders.delete(folder);
    }
}
