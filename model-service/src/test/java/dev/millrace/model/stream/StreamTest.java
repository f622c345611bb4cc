package dev.millrace.model.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.broker.SeenClients;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Folders;
import dev.millrace.model.RegisteredModel;
import dev.millrace.model.Scored;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.TinyOnnx;
import dev.millrace.model.Topic;
import dev.millrace.model.registry.ModelsSettings;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.pipelines.PipelinesConfig;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionJson;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class StreamTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ACCEPTED = 1_790_000_000_000L;

    @Inject
    PipelinesConfig pipelines;

    @Inject
    ModelsSettings models;

    private final List<Path> declarations = new ArrayList<>();

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @AfterEach
    void the_service_is_as_before() throws Exception {
        for (Path declaration : declarations) {
            Files.deleteIfExists(declaration);
        }
        ServiceReady.await();
    }

    @Test
    void every_clean_event_comes_out_once_with_its_score_and_all_that_it_had() {
        Pipeline pipeline = start("stream-whole", CardFraud.declaration("stream-whole"));
        List<Transaction> transactions = CardFraud.transactions(1_000);
        Map<String, ProducerRecord<byte[], byte[]>> clean = new HashMap<>();
        transactions.forEach(transaction -> clean.put(
                Long.toString(transaction.id()),
                CardFraud.cleanRecord(pipeline, transaction, ACCEPTED + transaction.id())));

        Topic.send(clean.values());
        Map<String, ConsumerRecord<byte[], byte[]>> scored =
                byId(Topic.await(pipeline.topics().scored(), clean.size()));

        assertThat(scored.keySet()).isEqualTo(clean.keySet());
        clean.forEach((id, before) -> {
            ConsumerRecord<byte[], byte[]> after = scored.get(id);
            assertThat(after.key()).isEqualTo(before.key());
            assertThat(after.timestamp()).isEqualTo(before.timestamp());
            assertThat(Scored.headers(after.headers())).isEqualTo(Scored.headers(before.headers()));
            ObjectNode value = (ObjectNode) Scored.json(after);
            assertThat(value.get("score").isDouble()).isTrue();
            assertThat(value.get("label").asText()).isIn("fraud", "genuine");
            assertThat(value.get("model").asText()).isEqualTo("card-fraud");
            assertThat(value.get("model_version").asText()).isEqualTo("1");
            value.remove(List.of("score", "label", "model", "model_version"));
            assertThat(value).isEqualTo(Scored.json(before.value()));
        });
        assertThat(Topic.read(pipeline.topics().rejected())).isEmpty();
    }

    @Test
    void every_client_takes_what_is_configured_for_kafka() {
        start("stream-configured", CardFraud.declaration("stream-configured"));

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(SeenClients.ids())
                        .contains("millrace-topics")
                        .anyMatch(id -> id.startsWith("adminclient-"))
                        .anyMatch(id -> id.startsWith("consumer-millrace-model-stream-configured"))
                        .anyMatch(id -> id.startsWith("producer-millrace-model-stream-configured")));
    }

    @Test
    void an_event_has_the_same_score_in_the_stream_and_at_predict() {
        Pipeline pipeline = start("stream-same", CardFraud.declaration("stream-same"));
        List<Transaction> transactions = CardFraud.transactions(1_000);

        Topic.send(transactions.stream()
                .map(transaction -> CardFraud.cleanRecord(pipeline, transaction, ACCEPTED))
                .toList());
        Map<String, ConsumerRecord<byte[], byte[]>> scored =
                byId(Topic.await(pipeline.topics().scored(), transactions.size()));
        JsonNode predictions = predict("stream-same", transactions);

        for (int i = 0; i < transactions.size(); i++) {
            JsonNode streamed =
                    Scored.json(scored.get(Long.toString(transactions.get(i).id())));
            assertThat(predictions.get(i).get("score")).isEqualTo(streamed.get("score"));
            assertThat(predictions.get(i).get("label")).isEqualTo(streamed.get("label"));
        }
        assertThat(predictions.findValuesAsText("score").stream().distinct().count())
                .as("different scores")
                .isGreaterThan(20);
    }

    @Test
    void a_record_that_is_not_as_declared_is_rejected_with_its_reason_and_the_others_go_on() {
        Pipeline pipeline = start("stream-bad", CardFraud.declaration("stream-bad"));
        Transaction transaction = CardFraud.transactions(1).get(0);
        String good = new String(
                CardFraud.cleanRecord(pipeline, transaction, ACCEPTED).value(), StandardCharsets.UTF_8);
        Map<String, byte[]> values = new HashMap<>();
        values.put("no-json", "no JSON".getBytes(StandardCharsets.UTF_8));
        values.put("no-utf8", new byte[] {'{', (byte) 0xff, '}'});
        values.put("no-value", null);
        values.put("no-amount", good.replaceFirst("\"tx_amount\":[0-9.]+,", "").getBytes(StandardCharsets.UTF_8));
        values.put(
                "no-number",
                good.replaceFirst("\"tx_amount\":[0-9.]+", "\"tx_amount\":\"x\"")
                        .getBytes(StandardCharsets.UTF_8));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        values.forEach((id, value) -> {
            records.add(CardFraud.record(pipeline, id, "7", value, ACCEPTED));
            records.add(CardFraud.record(pipeline, "good-" + id, "7", good.getBytes(StandardCharsets.UTF_8), ACCEPTED));
        });
        records.add(new ProducerRecord<>(pipeline.topics().clean(), null, new byte[] {'7'})); // no headers at all

        Topic.send(records);
        List<ConsumerRecord<byte[], byte[]>> rejected =
                Topic.await(pipeline.topics().rejected(), 6);
        List<ConsumerRecord<byte[], byte[]>> scored =
                Topic.await(pipeline.topics().scored(), values.size());

        assertThat(scored).hasSize(values.size());
        assertThat(rejected).hasSize(values.size() + 1);
        Map<String, Rejection> rejections = rejected.stream()
                .map(record -> Rejection.fromJson(record.value()))
                .collect(Collectors.toMap(Rejection::eventId, Function.identity()));
        assertThat(rejections.get("no-json").reason().code()).isEqualTo("malformed");
        assertThat(rejections.get("no-utf8").reason().code()).isEqualTo("malformed");
        assertThat(rejections.get("no-value").reason().code()).isEqualTo("malformed");
        assertThat(rejections.get("no-amount").reason().code()).isEqualTo("missing_field");
        assertThat(rejections.get("no-amount").message()).contains("'tx_amount' is required");
        assertThat(rejections.get("no-number").reason().code()).isEqualTo("wrong_type");
        assertThat(rejections.get("no-number").message()).contains("got the text 'x'");
        Rejection rejection = rejections.get("no-json");
        assertThat(rejection.stage()).isEqualTo(Stage.MODEL);
        assertThat(rejection.original()).isEqualTo(values.get("no-json"));
        assertThat(rejection.headers().get("ce_id")).isEqualTo("no-json".getBytes(StandardCharsets.UTF_8));
        assertThat(rejection.source()).startsWith(pipeline.topics().clean() + "-");
        ConsumerRecord<byte[], byte[]> record = byId(rejected).get("no-json");
        assertThat(record.timestamp()).isEqualTo(ACCEPTED);
        assertThat(Scored.headers(record.headers())).containsEntry("millrace_reason", "malformed");
    }

    @Test
    void a_text_among_the_features_goes_to_the_model_and_scores_without_labels_have_none() {
        Pipeline pipeline = CardFraud.pipelineOf(ServiceResource.ORDERS);
        Topic.send(
                List.of(order(pipeline, "1", "\"fr\""), order(pipeline, "2", "\"de\""), order(pipeline, "3", "null")));

        Map<String, JsonNode> scored = new HashMap<>();
        byId(Topic.await(pipeline.topics().scored(), 3)).forEach((id, record) -> scored.put(id, Scored.json(record)));

        assertThat(scored.get("1").path("score").asDouble())
                .isGreaterThan(scored.get("2").path("score").asDouble());
        assertThat(scored.get("3").path("score")).isEqualTo(scored.get("2").path("score"));
        assertThat(scored.get("1").path("label").asText()).isEqualTo("none");
    }

    private static ProducerRecord<byte[], byte[]> order(Pipeline pipeline, String id, String country) {
        String value =
                "{\"id\": \"%s\", \"at\": \"2026-03-01T03:00:00Z\", \"amount\": 120.0, \"hour\": 3, \"country\": %s}"
                        .formatted(id, country);
        return CardFraud.record(pipeline, id, id, value.getBytes(StandardCharsets.UTF_8), 1);
    }

    @Test
    void an_event_that_the_model_has_no_finite_score_for_is_rejected() {
        RegisteredModel.of("logarithm", "tx_amount", 1, TinyOnnx.logarithm()).write(models.dir());
        RegisteredModel.alias(models.dir(), "logarithm", "champion", "1");
        Pipeline pipeline = start("stream-nan", withModel("stream-nan", "logarithm"));
        Transaction transaction = CardFraud.transactions(1).get(0);

        Topic.send(List.of(
                cleanWithAmount(pipeline, transaction, "negative", "-5"),
                cleanWithAmount(pipeline, transaction, "positive", "5")));
        Rejection rejection = Rejection.fromJson(
                Topic.await(pipeline.topics().rejected(), 1).get(0).value());
        List<ConsumerRecord<byte[], byte[]>> scored =
                Topic.await(pipeline.topics().scored(), 1);

        assertThat(rejection.eventId()).isEqualTo("negative");
        assertThat(rejection.reason().code()).isEqualTo("score_failed");
        assertThat(byId(scored)).containsOnlyKeys("positive");
        predictAmount("logarithm", "-5")
                .statusCode(400)
                .body("violations[0].where", org.hamcrest.Matchers.equalTo("/inputs/0"));
        predictAmount("logarithm", "5").statusCode(200);
    }

    @Test
    void an_event_that_the_model_fails_on_is_rejected_and_the_rest_of_its_batch_is_scored() {
        RegisteredModel.of("lookup", "tx_amount", 1, TinyOnnx.lookup()).write(models.dir());
        RegisteredModel.alias(models.dir(), "lookup", "champion", "1");
        Pipeline pipeline = start("stream-lookup", withModel("stream-lookup", "lookup"));
        Transaction transaction = CardFraud.transactions(1).get(0);

        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int amount = 0; amount < 12; amount++) {
            records.add(cleanWithAmount(pipeline, transaction, "e" + amount, Integer.toString(amount)));
        }
        Topic.send(records);
        List<ConsumerRecord<byte[], byte[]>> scored =
                Topic.await(pipeline.topics().scored(), 10);
        List<ConsumerRecord<byte[], byte[]>> rejected =
                Topic.await(pipeline.topics().rejected(), 2);

        assertThat(scored).hasSize(10);
        assertThat(byId(rejected)).containsOnlyKeys("e10", "e11");
        assertThat(Rejection.fromJson(rejected.get(0).value()).reason().code()).isEqualTo("score_failed");
        predictAmount("lookup", "11").statusCode(400);
        predictAmount("lookup", "7").statusCode(200);
    }

    @Test
    void a_record_that_its_topic_does_not_take_is_rejected_in_part_and_nothing_stalls() throws Exception {
        Pipeline pipeline = CardFraud.pipeline("stream-large");
        Topic.make(pipeline.topics().all());
        limit(pipeline.topics().scored(), 20_000);
        limit(pipeline.topics().rejected(), 90_000);
        Transaction transaction = CardFraud.transactions(1).get(0);
        ProducerRecord<byte[], byte[]> large = cleanWithTerminal(pipeline, transaction, "large", "x".repeat(30_000));
        ProducerRecord<byte[], byte[]> huge = cleanWithTerminal(pipeline, transaction, "huge", "x".repeat(100_000));
        ProducerRecord<byte[], byte[]> small = cleanWithTerminal(pipeline, transaction, "small", "x");

        Topic.send(List.of(large, huge, small));
        start("stream-large", CardFraud.declaration("stream-large"));
        Map<String, ConsumerRecord<byte[], byte[]>> rejected =
                byId(Topic.await(pipeline.topics().rejected(), 2));
        Map<String, ConsumerRecord<byte[], byte[]>> scored =
                byId(Topic.await(pipeline.topics().scored(), 1));

        assertThat(scored).containsOnlyKeys("small");
        Rejection whole = Rejection.fromJson(rejected.get("large").value());
        assertThat(whole.reason().code()).isEqualTo("too_large");
        assertThat(whole.original()).isEqualTo(large.value());
        Rejection part = Rejection.fromJson(rejected.get("huge").value());
        assertThat(part.reason().code()).isEqualTo("too_large");
        assertThat(huge.value()).startsWith(part.original());
        assertThat(part.message())
                .contains("the whole record is " + pipeline.topics().clean());
    }

    @Test
    void a_pipeline_that_is_stopped_and_started_again_neither_loses_nor_doubles() throws Exception {
        Pipeline pipeline = start("stream-again", CardFraud.declaration("stream-again"));
        List<Transaction> transactions = CardFraud.transactions(6_000);
        Path declaration = declarations.get(0);

        for (int part = 0; part < 3; part++) {
            Topic.send(transactions.subList(part * 2_000, (part + 1) * 2_000).stream()
                    .map(transaction -> CardFraud.cleanRecord(pipeline, transaction, ACCEPTED))
                    .toList());
            Files.delete(declaration);
            ServiceReady.await("pipeline stopped", ready -> !ready.containsKey("stream-again"));
            Folders.put(declaration, CardFraud.declaration("stream-again").getBytes(StandardCharsets.UTF_8));
            ServiceReady.await("pipeline started", ready -> "scoring".equals(ready.get("stream-again")));
        }

        List<ConsumerRecord<byte[], byte[]>> scored =
                Topic.await(pipeline.topics().scored(), transactions.size());
        assertThat(scored).hasSize(transactions.size());
        assertThat(byId(scored)).hasSize(transactions.size());
    }

    @Test
    void a_model_that_is_broken_is_named_with_its_file_and_events_wait_for_it() {
        RegisteredModel broken = RegisteredModel.example("broken", "1");
        Path version = broken.write(models.dir());
        Folders.put(version.resolve("model.onnx"), "half a mod".getBytes(StandardCharsets.UTF_8));
        RegisteredModel.alias(models.dir(), "broken", "champion", "1");
        Pipeline pipeline = declare("stream-broken", withModel("stream-broken", "broken"));
        Topic.awaitMade(pipeline.topics().clean());
        Topic.send(List.of(
                CardFraud.cleanRecord(pipeline, CardFraud.transactions(1).get(0), ACCEPTED)));

        String file = version.resolve("model.onnx").toAbsolutePath().normalize().toString();
        ServiceReady.await(
                "what is broken",
                ready -> "waits for model broken, alias champion".equals(ready.get("stream-broken"))
                        && ready.getOrDefault("model broken", "").contains(file + " was changed"));
        given().get("/q/health/ready").then().statusCode(503);
        predictAmount("broken", "5")
                .statusCode(503)
                .header("Retry-After", org.hamcrest.Matchers.notNullValue())
                .body("type", org.hamcrest.Matchers.equalTo("/problems/model-unavailable"));

        broken.write(models.dir());

        assertThat(Topic.await(pipeline.topics().scored(), 1)).hasSize(1);
        ServiceReady.await();
    }

    @Test
    void a_model_that_does_not_fit_its_pipeline_is_named_with_what_it_misses() {
        RegisteredModel.of("misfit", "tx_country", 1, TinyOnnx.lookup()).write(models.dir());
        RegisteredModel.alias(models.dir(), "misfit", "champion", "1");
        declare("stream-misfit", withModel("stream-misfit", "misfit"));

        ServiceReady.await(
                "what does not fit",
                ready -> ready.getOrDefault("stream-misfit", "").contains("no field 'tx_country'"));
        predictAmount("misfit", "5")
                .statusCode(503)
                .body("detail", org.hamcrest.Matchers.containsString("no field 'tx_country'"));
    }

    @Test
    void a_model_that_learned_from_gaps_is_given_the_gap_in_the_stream_and_at_predict() {
        RegisteredModel model = RegisteredModel.of("gaps", "tx_amount", 0.25f, TinyOnnx.gaps());
        ((ObjectNode) model.description().path("features").get(0)).put("missing", "nan");
        model.write(models.dir());
        RegisteredModel.alias(models.dir(), "gaps", "champion", "1");
        Pipeline pipeline = start(
                "stream-gaps",
                withModel("stream-gaps", "gaps")
                        .replaceFirst("(?s)  quality:.*?  transform:", "  transform:")
                        .replace("{ type: decimal, required: true }", "{ type: decimal }"));
        Transaction transaction = CardFraud.transactions(1).get(0);

        Topic.send(List.of(
                cleanWithAmount(pipeline, transaction, "whole", "0.5"),
                changed(pipeline, transaction, "gap", value -> value.putNull("tx_amount"))));
        Map<String, ConsumerRecord<byte[], byte[]>> scored =
                byId(Topic.await(pipeline.topics().scored(), 2));

        assertThat(Scored.json(scored.get("whole")).get("score").asDouble()).isEqualTo(0.5);
        assertThat(Scored.json(scored.get("gap")).get("score").asDouble()).isEqualTo(0.75);
        assertThat(Scored.json(scored.get("gap")).get("label").asText()).isEqualTo("fraud");
        given().contentType(ContentType.JSON)
                .body("{\"features\": true, \"inputs\": [{\"tx_datetime\": \"2018-06-05 13:12:00\"},"
                        + " {\"tx_amount\": null, \"tx_datetime\": \"2018-06-05 13:12:00\"},"
                        + " {\"tx_amount\": 0.5, \"tx_datetime\": \"2018-06-05 13:12:00\"}]}")
                .post("/predict/gaps")
                .then()
                .statusCode(200)
                .body("predictions.score", contains(0.75f, 0.75f, 0.5f))
                .body("predictions[0].reasons[0].effect", equalTo(0.5f))
                .body("predictions[0].features.tx_amount", nullValue());
    }

    @Test
    void a_version_that_is_promoted_scores_from_then_on_without_a_restart() {
        RegisteredModel.example("promoted", "1").write(models.dir());
        RegisteredModel.alias(models.dir(), "promoted", "champion", "1");
        Pipeline pipeline = start("stream-promoted", withModel("stream-promoted", "promoted"));
        Transaction transaction = CardFraud.transactions(1).get(0);
        Topic.send(List.of(cleanWithAmount(pipeline, transaction, "before", "5")));
        Topic.await(pipeline.topics().scored(), 1);

        RegisteredModel two = RegisteredModel.example("promoted", "2");
        two.description().put("threshold", 0.0);
        two.write(models.dir());
        RegisteredModel.alias(models.dir(), "promoted", "champion", "2");
        Awaitility.await("version 2 at /predict")
                .atMost(Duration.ofSeconds(20))
                .until(() -> predictAmount("promoted", "5").extract().path("version"), "2"::equals);
        Topic.send(List.of(cleanWithAmount(pipeline, transaction, "after", "5")));

        Map<String, ConsumerRecord<byte[], byte[]>> scored =
                byId(Topic.await(pipeline.topics().scored(), 2));
        assertThat(Scored.json(scored.get("before")).get("model_version").asText())
                .isEqualTo("1");
        assertThat(Scored.json(scored.get("before")).get("label").asText()).isEqualTo("genuine");
        assertThat(Scored.json(scored.get("after")).get("model_version").asText())
                .isEqualTo("2");
        assertThat(Scored.json(scored.get("after")).get("label").asText()).isEqualTo("fraud");
        String metrics = given().get("/q/metrics").asString();
        assertThat(metrics)
                .contains("millrace_model_info{alias=\"champion\",model=\"promoted\",version=\"2\"} 1.0")
                .doesNotContain("millrace_model_info{alias=\"champion\",model=\"promoted\",version=\"1\"}");
    }

    @Test
    void the_metrics_are_those_of_the_reference() {
        Pipeline pipeline = start("stream-metrics", CardFraud.declaration("stream-metrics"));
        Transaction transaction = CardFraud.transactions(1).get(0);
        Topic.send(List.of(
                cleanWithAmount(pipeline, transaction, "good", "5"),
                CardFraud.record(pipeline, "bad", "7", new byte[] {'x'}, ACCEPTED)));
        Topic.await(pipeline.topics().scored(), 1);
        Topic.await(pipeline.topics().rejected(), 1);
        predict("card-fraud", List.of(transaction));

        String of = "pipeline=\"stream-metrics\",stage=\"model\"";
        String version = "model=\"card-fraud\",";
        Awaitility.await("metrics")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(given().get("/q/metrics").asString())
                        .contains("millrace_events_total{outcome=\"ok\"," + of + "} 1.0")
                        .contains("millrace_events_total{outcome=\"rejected\"," + of + "} 1.0")
                        .contains(
                                "millrace_rejected_total{pipeline=\"stream-metrics\",reason=\"malformed\",stage=\"model\"} 1.0")
                        .contains("millrace_stage_seconds_bucket{" + of)
                        .contains("millrace_age_seconds_bucket{" + of)
                        .contains("millrace_predictions_total{" + version
                                + "outcome=\"ok\",route=\"stream\",version=\"1\"}")
                        .contains("millrace_predictions_total{" + version
                                + "outcome=\"ok\",route=\"http\",version=\"1\"}")
                        .contains("millrace_prediction_seconds_bucket{" + version + "version=\"1\"")
                        .contains("millrace_prediction_score_bucket{" + version + "version=\"1\"")
                        .contains("millrace_model_info{alias=\"champion\"," + version + "version=\"1\"} 1.0"));
    }

    private Pipeline start(String name, String declaration) {
        Pipeline pipeline = declare(name, declaration);
        ServiceReady.await("pipeline " + name, ready -> "scoring".equals(ready.get(name)));
        return pipeline;
    }

    private Pipeline declare(String name, String declaration) {
        Path file = pipelines.dir().resolve(name + ".yaml");
        declarations.add(file);
        Folders.put(file, declaration.getBytes(StandardCharsets.UTF_8));
        return CardFraud.pipelineOf(declaration);
    }

    private static String withModel(String name, String model) {
        return CardFraud.declaration(name).replace("model: { name: card-fraud", "model: { name: " + model);
    }

    private static ProducerRecord<byte[], byte[]> cleanWithAmount(
            Pipeline pipeline, Transaction transaction, String id, String amount) {
        return changed(pipeline, transaction, id, value -> value.put("tx_amount", new java.math.BigDecimal(amount)));
    }

    private static ProducerRecord<byte[], byte[]> cleanWithTerminal(
            Pipeline pipeline, Transaction transaction, String id, String terminal) {
        return changed(pipeline, transaction, id, value -> value.put("terminal_id", terminal));
    }

    private static ProducerRecord<byte[], byte[]> changed(
            Pipeline pipeline, Transaction transaction, String id, Function<ObjectNode, ObjectNode> change) {
        ObjectNode value = (ObjectNode) Scored.json(
                CardFraud.cleanRecord(pipeline, transaction, ACCEPTED).value());
        byte[] bytes = change.apply(value.put("transaction_id", id)).toString().getBytes(StandardCharsets.UTF_8);
        return CardFraud.record(pipeline, id, "7", bytes, ACCEPTED);
    }

    private static void limit(String topic, int bytes) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", dev.millrace.model.Broker.bootstrapServers()))) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            AlterConfigOp set = new AlterConfigOp(
                    new ConfigEntry("max.message.bytes", Integer.toString(bytes)), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        }
    }

    private static JsonNode predict(String pipeline, List<Transaction> transactions) {
        ObjectNode body = JSON.createObjectNode().put("model", "card-fraud").put("pipeline", pipeline);
        ArrayNode inputs = body.putArray("inputs");
        transactions.forEach(transaction ->
                inputs.add(Scored.json(TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8))));
        byte[] answer = given().contentType(ContentType.JSON)
                .body(body.toString())
                .post("/predict")
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        return Scored.json(answer).get("predictions");
    }

    private static io.restassured.response.ValidatableResponse predictAmount(String model, String amount) {
        return given().contentType(ContentType.JSON)
                .body("{\"inputs\": [{\"tx_amount\": " + amount + ", \"tx_datetime\": \"2018-06-05 13:12:00\"}]}")
                .post("/predict/" + model)
                .then();
    }

    private static Map<String, ConsumerRecord<byte[], byte[]>> byId(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, ConsumerRecord<byte[], byte[]>> byId = records.stream()
                .collect(Collectors.toMap(
                        record -> Scored.headers(record.headers()).get("ce_id"), Function.identity()));
        assertThat(byId).as("no id twice").hasSize(records.size());
        return byId;
    }
}
