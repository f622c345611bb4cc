package dev.millrace.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    /** A pipeline whose model takes a text among its features, and whose scores have no labels. */
    public static final String ORDERS = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: id
                key: id
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
                  amount: { type: double, required: true }
                  hour: { type: integer }
                  country: { type: string }
              model: { name: orders }
              sinks: [{ postgres: { fact: { table: fact_order } } }]
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

    /** The same, whose windows tell what is popular now. */
    private static final String SHOP_NOW = SHOP.replace("name: shop }", "name: shop-now }")
            .replace(
                    "  model:",
                    "    - window: { by: item, over: [1d, 7d], compute: { seen: \"count()\" } }\n"
                            + "    - derive: { heat: seen_1d * 6 + seen_7d }\n  model:")
            .replace("{ history: chosen,", "{ history: chosen, popular_now: heat,");

    /** What tokens are made with, under the name {@code customers}. */
    public static final byte[] SECRET = "what nobody knows but the tests of it".getBytes(StandardCharsets.UTF_8);

    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "service");
            Path pipelines = Files.createDirectory(folder.resolve("pipelines"));
            Path models = Files.createDirectory(folder.resolve("models"));
            Path secrets = Files.createDirectory(folder.resolve("secrets"));
            Files.write(secrets.resolve("customers"), SECRET);
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
            RegisteredModel.graph("three-classes", "1", exported("sklearn-classifier-three-classes"))
                    .write(models);
            RegisteredModel.alias(models, "three-classes", "champion", "1");
            Files.writeString(pipelines.resolve("orders.yaml"), ORDERS);
            RegisteredModel.of(
                            "orders",
                            List.of("country", "amount", "hour"),
                            12,
                            exported("sklearn-pipeline-named-inputs"))
                    .withText("country", "de")
                    .withoutLabels()
                    .write(models);
            RegisteredModel.alias(models, "orders", "champion", "1");
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
            Files.writeString(pipelines.resolve("shop-now.yaml"), SHOP_NOW);
            RegisteredModel lists = RegisteredModel.recommender("recommend", "1", exported("recommend"));
            // As if a list in ten had named tools, and every history had one item.
            lists.description()
                    .putObject("reference")
                    .putObject("features")
                    .setAll(Map.of(
                            "listed_category", distribution(0, 0.9, 0.1),
                            "history_items", distribution(1, 1, 0),
                            "chosen", distribution(5, 0.5, 0.5)));
            lists.write(models);
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
                    "millrace.popularity.every",
                    "100ms",
                    "millrace.models.dir",
                    models.toString(),
                    "millrace.models.poll",
                    "100ms",
                    "millrace.features.dir",
                    folder.resolve("features").toString(),
                    "millrace.secrets.dir",
                    secrets.toString(),
                    "quarkus.http.test-port",
                    "0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode distribution(double edge, double below, double above) {
        ObjectNode distribution = JsonNodeFactory.instance.objectNode().put("missing", 0);
        distribution.putArray("edges").add(edge);
        distribution.putArray("shares").add(below).add(above);
        return distribution;
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
