package dev.millrace.model.traffic;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Folders;
import dev.millrace.model.RegisteredModel;
import dev.millrace.model.RegistryDatabase;
import dev.millrace.model.Scored;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.TinyOnnx;
import dev.millrace.model.Topic;
import dev.millrace.model.protocol.grpc.GRPCInferenceServiceGrpc;
import dev.millrace.model.protocol.grpc.InferParameter;
import dev.millrace.model.protocol.grpc.InferTensorContents;
import dev.millrace.model.protocol.grpc.ModelInferRequest;
import dev.millrace.model.protocol.grpc.ModelInferResponse;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.Models;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.simulator.Transaction;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
@WithTestResource(RegistryDatabase.class)
class TrafficTest {
    @Inject
    Traffic traffic;

    @Inject
    Models models;

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @Test
    void a_canary_answers_for_its_share_of_the_keys_always_the_same_and_alike_in_the_stream() {
        register("shared", "champion", 0.4);
        register("shared", "challenger", 0.3);
        Pipeline pipeline =
                declare("shared", "{ name: shared, canary: { alias: challenger, percent: 30, by: customer_id } }");

        Set<String> canarys = new HashSet<>();
        for (int batch = 0; batch < 4; batch++) {
            int first = batch * 500;
            JsonPath answer = predict(
                    "shared",
                    IntStream.range(first, first + 500)
                            .mapToObj(i -> input("t" + i, "c" + i))
                            .collect(Collectors.joining(",")));
            assertThat(answer.getString("version")).isEqualTo("1");
            assertThat(answer.getString("route")).isEqualTo("main");
            for (int i = 0; i < 500; i++) {
                String version = answer.getString("predictions[" + i + "].made_by.version");
                if (version != null) {
                    assertThat(version).isEqualTo("2");
                    assertThat(answer.getString("predictions[" + i + "].made_by.route"))
                            .isEqualTo("canary");
                    canarys.add("c" + (first + i));
                }
            }
        }

        assertThat(canarys.size() / 2000.0).isEqualTo(0.3, within(0.04));
        String one = canarys.iterator().next();
        for (int i = 0; i < 3; i++) {
            JsonPath answer = predict("shared", input("again" + i, one));
            assertThat(answer.getString("version")).isEqualTo("2");
            assertThat(answer.getString("route")).isEqualTo("canary");
        }
        assertThat(predict("shared", "{\"tx_amount\": 5, \"tx_datetime\": \"2018-06-05 03:12:00\"}")
                        .getString("route"))
                .isEqualTo("main");

        List<Transaction> transactions = CardFraud.transactions(300);
        Topic.send(transactions.stream()
                .map(transaction -> CardFraud.cleanRecord(pipeline, transaction, 1))
                .toList());
        Map<String, String> versions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record :
                Topic.await(pipeline.topics().scored(), transactions.size())) {
            JsonNode scored = Scored.json(record);
            versions.put(
                    scored.path("customer_id").asText(),
                    scored.path("model_version").asText());
        }
        Set<String> inTheStream = new HashSet<>(versions.values());
        assertThat(inTheStream).containsExactlyInAnyOrder("1", "2");
        Share share = new Share("shared", 30);
        versions.forEach(
                (customer, version) -> assertThat(version).as(customer).isEqualTo(share.has(customer) ? "2" : "1"));
    }

    @Test
    void a_canarys_share_of_tokens_is_the_streams() {
        register("veiled", "champion", 0.4);
        register("veiled", "challenger", 0.3);
        Pipeline pipeline = declare(
                "veiled",
                "{ name: veiled, canary: { alias: challenger, percent: 50 } }",
                declaration -> declaration.replace(
                        "\n  transform:\n",
                        "\n  transform:\n    - tokenize: { fields: [customer_id], secret: customers }\n"));
        Share share = new Share("veiled", 50);
        Transform withSecret = pipeline.transform().with(name -> ServiceResource.SECRET);

        Awaitility.await("tokens")
                .atMost(Duration.ofSeconds(30))
                .until(() -> IntStream.range(0, 10)
                        .anyMatch(i -> predict("veiled", input("t" + i, "c" + i))
                                .getString("version")
                                .equals("2")));

        for (int i = 0; i < 30; i++) {
            Row clean = CardFraud.clean(pipeline, withSecret, input("t", "c" + i));
            String token = clean.get(clean.schema().ordinal("customer_id")).toString();
            assertThat(token).isNotEqualTo("c" + i);
            assertThat(predict("veiled", input("t" + i, "c" + i)).getString("version"))
                    .isEqualTo(share.has(token) ? "2" : "1");
        }
        assertThat(predict("veiled", "{\"tx_amount\": 5, \"tx_datetime\": \"2018-06-05 03:12:00\"}")
                        .getString("route"))
                .isEqualTo("main");
    }

    @Test
    void a_shadow_scores_what_was_answered_and_never_answers() {
        register("watched", "champion", 0.4);
        register("watched", "challenger", 0.00001);
        Pipeline pipeline = declare("watched", "{ name: watched, shadow: { alias: challenger } }");

        JsonPath answer = predict("watched", input("t1", "c1") + "," + input("t2", "c2"));

        assertThat(answer.getString("version")).isEqualTo("1");
        assertThat(answer.getList("predictions.made_by")).containsOnlyNulls();
        List<JsonNode> predictions = predictions(pipeline, "http", 4);
        assertThat(predictions)
                .extracting(prediction -> prediction.path("route").asText())
                .containsExactlyInAnyOrder("main", "main", "shadow", "shadow");
        JsonNode main = only(predictions, "main", "t1");
        assertThat(main.path("version").asText()).isEqualTo("1");
        assertThat(main.path("key").asText()).isEqualTo("c1");
        assertThat(main.path("asked").asText()).isEqualTo("http");
        assertThat(main.path("inputs").path("tx_amount").asDouble()).isEqualTo(310);
        assertThat(main.path("features").path("tx_amount").asDouble()).isEqualTo(310);
        assertThat(main.path("features").path("is_night").asDouble()).isEqualTo(1);
        // JsonPath reads floats.
        assertThat(main.path("score").asDouble()).isEqualTo(answer.getDouble("predictions[0].score"), within(1e-6));
        JsonNode shadow = only(predictions, "shadow", "t1");
        assertThat(shadow.path("version").asText()).isEqualTo("2");
        assertThat(shadow.path("compared_version").asText()).isEqualTo("1");
        assertThat(shadow.path("compared_score").asDouble())
                .isEqualTo(main.path("score").asDouble());
        given().get("/q/metrics")
                .then()
                .body(containsString("millrace_shadow_compared_total{label=\"same\",model=\"watched\",version=\"2\""));

        List<Transaction> transactions = CardFraud.transactions(50);
        Topic.send(transactions.stream()
                .map(transaction -> CardFraud.cleanRecord(pipeline, transaction, 1))
                .toList());
        assertThat(Topic.await(pipeline.topics().scored(), 50))
                .allSatisfy(record -> assertThat(
                                Scored.json(record).path("model_version").asText())
                        .isEqualTo("1"));
        assertThat(predictions(pipeline, "stream", 50))
                .allSatisfy(prediction ->
                        assertThat(prediction.path("route").asText()).isEqualTo("shadow"));
    }

    @Test
    void the_open_inference_protocol_goes_by_the_same_rules() {
        register("tensors", "champion", 0.4);
        register("tensors", "challenger", 0.3);
        register("tensors", "candidate", 0.00001);
        Pipeline pipeline = declare(
                "tensors",
                "{ name: tensors, canary: { alias: challenger, percent: 30, by: customer_id }, shadow: { alias: candidate } }");
        Share share = new Share("tensors", 30);

        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            String key = "c" + i;
            String version = infer("tensors", "\"parameters\": {\"key\": \"" + key + "\"}");
            assertThat(version).as(key).isEqualTo(share.has(key) ? "2" : "1");
            assertThat(infer("tensors", "\"id\": \"" + key + "\"")).isEqualTo(version);
            assertThat(predict("tensors", input("p" + i, key)).getString("version"))
                    .isEqualTo(version);
            versions.add(version);
        }
        assertThat(versions).containsExactlyInAnyOrder("1", "2");
        Set<String> withoutKey = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            withoutKey.add(infer("tensors", "\"id\": null"));
        }
        assertThat(withoutKey).containsExactlyInAnyOrder("1", "2");
        given().body(TENSOR.formatted("\"id\": \"x\""))
                .post("/v2/models/tensors/versions/3/infer")
                .then()
                .statusCode(200)
                .body("model_version", equalTo("3"));

        // Two for each, one of who answered and one of the shadow; a version that was named is nobody's business.
        List<JsonNode> words = predictions(pipeline, "v2", 2 * 180);
        assertThat(words)
                .extracting(word ->
                        word.path("route").asText() + " " + word.path("version").asText())
                .containsOnly("main 1", "canary 2", "shadow 3");
        JsonNode word = words.stream()
                .filter(each -> each.path("key").asText().equals("c7"))
                .filter(each -> !each.path("route").asText().equals("shadow"))
                .findFirst()
                .orElseThrow();
        assertThat(word.path("version").asText()).isEqualTo(share.has("c7") ? "2" : "1");
        assertThat(word.path("features").path("tx_amount").asDouble()).isEqualTo(310);
        double score = given().body(TENSOR.formatted("\"id\": \"x\""))
                .post("/v2/models/tensors/versions/1/infer")
                .jsonPath()
                .getDouble("outputs[0].data[0]");
        assertThat(word.path("score").asDouble()).isEqualTo(score, within(1e-6));
        String metrics = given().get("/q/metrics").asString();
        assertThat(metrics.lines())
                .anyMatch(line -> line.startsWith("millrace_predictions_total{")
                        && line.contains("model=\"tensors\"")
                        && line.contains("route=\"v2-canary\""))
                .anyMatch(line -> line.startsWith("millrace_shadow_compared_total{")
                        && line.contains("model=\"tensors\"")
                        && line.contains("label=\"same\""));
    }

    @Test
    void grpc_goes_by_the_same_rules() {
        register("remote", "champion", 0.4);
        register("remote", "challenger", 0.3);
        register("remote", "candidate", 0.00001);
        Pipeline pipeline = declare(
                "remote",
                "{ name: remote, canary: { alias: challenger, percent: 30, by: customer_id }, shadow: { alias: candidate } }");
        Share share = new Share("remote", 30);

        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            String key = "c" + i;
            String version = inferred(tensors("remote", EXAMPLE)
                            .putParameters(
                                    "key",
                                    InferParameter.newBuilder()
                                            .setStringParam(key)
                                            .build()))
                    .getModelVersion();
            assertThat(version).as(key).isEqualTo(share.has(key) ? "2" : "1");
            assertThat(inferred(tensors("remote", EXAMPLE).setId(key)).getModelVersion())
                    .isEqualTo(version);
            versions.add(version);
        }
        assertThat(versions).containsExactlyInAnyOrder("1", "2");
        assertThat(inferred(tensors("remote", EXAMPLE).setModelVersion("3")).getModelVersion())
                .isEqualTo("3");

        List<JsonNode> words = predictions(pipeline, "grpc", 2 * 40);
        assertThat(words)
                .extracting(word ->
                        word.path("route").asText() + " " + word.path("version").asText())
                .containsOnly("main 1", "canary 2", "shadow 3");
        assertThat(words)
                .allSatisfy(word -> assertThat(
                                word.path("features").path("tx_amount").asDouble())
                        .isEqualTo(310));
        assertThat(given().get("/q/metrics").asString().lines())
                .anyMatch(line -> line.startsWith("millrace_predictions_total{")
                        && line.contains("model=\"remote\"")
                        && line.contains("route=\"grpc-canary\""));
    }

    @Test
    void a_version_stands_in_at_grpc_where_the_model_is_not_there_or_fails() {
        put("remote-stood-in", RegisteredModel.of("x", "tx_amount", 1, TinyOnnx.logarithm()), "reserve")
                .statusCode(201);
        declare("remote-stood-in", "{ name: remote-stood-in, fallback: { alias: reserve } }");

        assertThat(inferred(tensors("remote-stood-in", 4)).getModelVersion()).isEqualTo("1");

        put("remote-stood-in", RegisteredModel.of("x", "tx_amount", 1, TinyOnnx.lookup()), "champion")
                .statusCode(201);
        assertThat(inferred(tensors("remote-stood-in", 4)).getModelVersion()).isEqualTo("2");
        // It has ten scores.
        assertThat(inferred(tensors("remote-stood-in", 310)).getModelVersion()).isEqualTo("1");
    }

    private static final float[] EXAMPLE = {310, 0, 1, 5.7365723f, 3};

    private static ModelInferRequest.Builder tensors(String model, float... row) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (float value : row) {
            contents.addFp32Contents(value);
        }
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("features")
                        .setDatatype("FP32")
                        .addShape(1)
                        .addShape(row.length)
                        .setContents(contents));
    }

    private static ModelInferResponse inferred(ModelInferRequest.Builder request) {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("localhost", RestAssured.port)
                .usePlaintext()
                .build();
        try {
            return GRPCInferenceServiceGrpc.newBlockingStub(channel).modelInfer(request.build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void a_model_that_nobody_has_registered_yet_keeps_no_other_from_answering() {
        declare("first", "{ name: first }");
        String what = "it is not registered yet; ./millrace train or ./millrace models register does that";

        ServiceReady.await(
                "what it waits for",
                ready -> ("waits for model first, alias champion: " + what).equals(ready.get("first")));
        given().get("/q/health/ready").then().statusCode(200);
        given().contentType(ContentType.JSON)
                .body("{\"inputs\": [" + input("t1", "c1") + "]}")
                .post("/predict/first")
                .then()
                .statusCode(503)
                .body(
                        "detail",
                        equalTo("Model 'first' has no version that can be used now as alias champion: " + what + "."));

        register("first", "challenger", 0.4);
        ServiceReady.await(
                "an alias for it",
                ready -> ready.getOrDefault("first", "")
                        .endsWith("it has no such alias; ./millrace models promote gives it to one of the versions 1"));
        given().get("/q/health/ready").then().statusCode(200);
        register("first", "champion", 0.3);
        ServiceReady.await("the stream goes on", ready -> "scoring".equals(ready.get("first")));
        assertThat(predict("first", input("t2", "c1")).getString("version")).isEqualTo("2");
    }

    private static final String TENSOR = "{%s, \"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\":"
            + " \"FP32\", \"data\": [310.0, 0, 1, 5.7365723, 3]}]}";

    /** The version that answers. */
    private static String infer(String model, String members) {
        return given().body(TENSOR.formatted(members))
                .post("/v2/models/" + model + "/infer")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("model_version");
    }

    @Test
    void a_version_stands_in_at_the_open_inference_protocol_where_the_model_is_not_there_or_fails() {
        register("stood-in", "reserve", 0.4);
        declare("stood-in", "{ name: stood-in, fallback: { alias: reserve } }");

        assertThat(infer("stood-in", "\"id\": \"1\"")).isEqualTo("1");

        register("stood-in", "champion", 0.3);
        assertThat(infer("stood-in", "\"id\": \"1\"")).isEqualTo("2");
    }

    /** That many predictions that were asked for so, but for those of the call that waits for the pipeline. */
    private static List<JsonNode> predictions(Pipeline pipeline, String asked, int count) {
        return Awaitility.await(count + " predictions")
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> Topic.read(pipeline.topics().predictions()).stream()
                                .map(Scored::json)
                                .filter(prediction ->
                                        prediction.path("asked").asText().equals(asked))
                                .filter(prediction ->
                                        !prediction.path("event_id").asText().equals("first"))
                                .toList(),
                        found -> found.size() == count);
    }

    @Test
    void a_declared_score_stands_in_for_a_model_that_is_not_there() {
        Pipeline pipeline = declare("absent", "{ name: absent, fallback: { score: 0.25 } }");

        JsonPath answer = predict("absent", input("t1", "c1"));

        assertThat(answer.getString("route")).isEqualTo("fallback");
        assertThat(answer.getDouble("predictions[0].score")).isEqualTo(0.25);
        Topic.send(List.of(
                CardFraud.cleanRecord(pipeline, CardFraud.transactions(1).get(0), 1)));
        JsonNode scored = Scored.json(Topic.await(pipeline.topics().scored(), 1).get(0));
        assertThat(scored.path("score").asDouble()).isEqualTo(0.25);
        assertThat(scored.path("model_version").asText()).isEqualTo("fallback");
    }

    @Test
    void another_version_stands_in_for_a_model_that_does_not_fit_its_events() {
        RegisteredModel unfit = RegisteredModel.example("moody", "1");
        ((ObjectNode) unfit.description().path("features").get(0)).put("name", "tx_sum");
        put("moody", unfit, "champion").statusCode(201);
        register("moody", "reserve", 0.4);
        declare("moody", "{ name: moody, fallback: { alias: reserve } }");

        JsonPath answer = predict("moody", input("t1", "c1"));

        assertThat(answer.getString("route")).isEqualTo("fallback");
        assertThat(answer.getString("version")).isEqualTo("2");
        assertThat(answer.getDouble("predictions[0].score")).isBetween(0.5, 1.0);
    }

    @Test
    void a_version_that_keeps_failing_is_left_alone_for_a_while() throws OrtException {
        register("broken", "champion", 0.4);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> models.find("broken", "champion").isPresent());
        Model model = models.find("broken", "champion").orElseThrow();
        AtomicInteger calls = new AtomicInteger();
        Traffic.Call<String> failing = () -> {
            calls.incrementAndGet();
            throw new OrtException("it fails");
        };

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> traffic.guarded(model, String.class, failing))
                    .hasMessage("it fails");
        }
        assertThatThrownBy(() -> traffic.guarded(model, String.class, failing))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("left alone for 5 s");
        assertThat(calls.get()).isEqualTo(10);

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreException(OrtException.class)
                .until(() -> traffic.guarded(model, String.class, () -> "again"), "again"::equals);
    }

    private static JsonNode only(List<JsonNode> predictions, String route, String event) {
        List<JsonNode> found = predictions.stream()
                .filter(prediction -> prediction.path("route").asText().equals(route))
                .filter(prediction -> prediction.path("event_id").asText().equals(event))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String input(String id, String customer) {
        return ("{\"transaction_id\": \"%s\", \"customer_id\": \"%s\", \"terminal_id\": \"9\", \"tx_amount\": 310.0,"
                        + " \"tx_datetime\": \"2018-06-05 03:12:00\"}")
                .formatted(id, customer);
    }

    private static JsonPath predict(String model, String inputs) {
        return given().contentType(ContentType.JSON)
                .body("{\"inputs\": [" + inputs + "]}")
                .post("/predict/" + model)
                .then()
                .statusCode(200)
                .body("model", equalTo(model))
                .extract()
                .jsonPath();
    }

    /** A pipeline of that name that scores so, once it answers. */
    private static Pipeline declare(String name, String model) {
        return declare(name, model, UnaryOperator.identity());
    }

    private static Pipeline declare(String name, String model, UnaryOperator<String> change) {
        String declaration =
                change.apply(CardFraud.declaration(name).replaceFirst("(?m)^  model: .*$", "  model: " + model));
        Path folder = Path.of(ConfigProvider.getConfig().getValue("millrace.pipelines.dir", String.class));
        Folders.put(folder.resolve(name + ".yaml"), declaration.getBytes(StandardCharsets.UTF_8));
        Awaitility.await("pipeline " + name)
                .atMost(Duration.ofSeconds(60))
                .until(() -> given().contentType(ContentType.JSON)
                                .body("{\"inputs\": [" + input("first", "nobody") + "]}")
                                .post("/predict/" + name)
                                .statusCode()
                        != 404);
        return CardFraud.pipelineOf(declaration);
    }

    private static void register(String model, String alias, double threshold) {
        RegisteredModel version = RegisteredModel.example(model, "1");
        version.description().put("threshold", threshold);
        put(model, version, alias).statusCode(201);
    }

    private static ValidatableResponse put(String model, RegisteredModel version, String alias) {
        version.description().remove(List.of("name", "version", "sha256"));
        return given().header("Authorization", "Bearer " + RegistryDatabase.TOKEN)
                .multiPart("onnx", "model.onnx", version.onnx())
                .multiPart("description", version.description().toString())
                .multiPart("alias", alias)
                .put("/models/{model}/versions", model)
                .then();
    }
}
