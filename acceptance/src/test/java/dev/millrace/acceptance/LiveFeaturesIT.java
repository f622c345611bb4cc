package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.sample.WarehouseFacts;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code /predict} says of an event before it is sent is what the stream then says of it, and what training reads of it
 * later: each feature and the score, for 10,000 events, while processes are killed and the declaration changes.
 */
@Tag("long")
class LiveFeaturesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int ROUNDS = 10;
    private static final float REFERENCE = 1.5f;
    /** Customers, terminals, and so events a round: each comes once in it, so that no event of a round sees another. */
    private static final int EACH = 1_000;

    /** The example's model takes as many of them as it takes features. */
    private static final List<String> FEATURES = List.of(
            "customer_n_30d",
            "terminal_risk",
            "share",
            "floor",
            "terminal_sum",
            "customer_n_1d",
            "customer_mean_30d",
            "amount");

    private static final String DECLARATION = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: payments }
            spec:
              event:
                id: id
                key: customer
                time: at
                fields:
                  id:       { type: string, required: true }
                  at:       { type: timestamp, required: true, formats: [iso] }
                  customer: { type: string, required: true }
                  terminal: { type: string, required: true }
                  amount:   { type: double, required: true }
              labels: { chargebacks: {} }
              sources: [{ http: {} }]
              transform:
                - lookup: { from: { file: terminals.csv }, by: terminal, key: id, add: { floor: { type: integer } } }
                - deduplicate: { within: 1d }
                - window: { by: customer, over: [1d, 30d], precision: PRECISION, compute: { customer_n: "count()", customer_mean: "mean(amount)" } }
                - derive: { share: amount / customer_mean_30d }
                - window: { by: terminal, over: [30d], labels: chargebacks, compute: { terminal_risk: "mean(label)", terminal_sum: "sum(share)" } }
              model: { name: payments }
              sinks: [{ postgres: { fact: { table: fact_payment } } }]
            """;

    private final Random random = new Random(5);
    private final Map<String, Integer> chargedBack = new HashMap<>();
    private final Set<String> frauds = new HashSet<>();
    private Instant at = Instant.parse("2026-03-01T00:00:00Z");
    private int sent;

    @TempDir
    Path folder;

    @Test
    void what_predict_says_of_an_event_is_what_the_stream_then_says_of_it() throws Exception {
        Path pipelines = Files.createDirectory(folder.resolve("pipelines"));
        declare(pipelines, "1m", "");
        Files.writeString(pipelines.resolve("terminals.csv"), terminals());
        model(folder.resolve("models/payments"));
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("live-features"))
                .withFreePorts()
                .withFolders(pipelines, folder.resolve("models"))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT);
        List<ObjectNode> events = new ArrayList<>();
        List<JsonNode> said = new ArrayList<>();
        try (Stack stack = Stack.start(settings, line -> System.out.println("live-features: " + line));
                HttpFeed feed = new HttpFeed(stack.address(Service.INGEST), "payments", 2)) {
            for (int round = 0; round < ROUNDS; round++) {
                List<ObjectNode> next = round();
                List<JsonNode> predictions = awaitAllCounted(stack, next, round);
                if (round == 3) {
                    stack.kill(Service.TRANSFORM);
                    assertThat(predictions(stack, next))
                            .as("without transform, the features stay as they are")
                            .isEqualTo(predictions);
                    stack.start(Service.TRANSFORM);
                } else if (round == 5) {
                    stack.kill(Service.MODEL);
                    stack.start(Service.MODEL);
                    assertThat(features(awaitAllCounted(stack, next, round)))
                            .as("after a restart, the features are the same")
                            .isEqualTo(features(predictions));
                } else if (round == 7) {
                    takeOver(stack, pipelines);
                    predictions = awaitAllCounted(stack, next, round);
                } else if (round == 9) {
                    stack.killKafka();
                    assertThat(predictions(stack, next))
                            .as("without Kafka, the features stay as they are")
                            .isEqualTo(predictions);
                    stack.startKafka();
                }
                events.addAll(next);
                said.addAll(predictions);
                next.forEach(event -> feed.line(event.toString()));
                feed.finish();
                chargeBack(stack, next);
            }
            Map<String, JsonNode> scored = scored(stack, events.size());
            compare(events, said, scored);
            compareTraining(stack, pipelines.resolve("payments.yaml"), events, scored);
        }
    }

    /** What a training reads of the warehouse, scored by the library that it tests its models with. */
    private void compareTraining(Stack stack, Path declaration, List<ObjectNode> events, Map<String, JsonNode> scored)
            throws Exception {
        Learnable learnable = Learnable.in(declaration);
        WarehouseFacts facts = new WarehouseFacts(
                stack.postgres().jdbcUrl(),
                stack.postgres().user(),
                stack.postgres().password(),
                "public");
        int from = day(events.get(0));
        int to = day(events.get(events.size() - 1)) + 1;
        Samples samples = Awaitility.await("facts and labels in the warehouse")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> facts.read(learnable, from, to, count -> {}),
                        read -> read.size() == events.size() && read.positives() == frauds.size());
        assertThat(samples.features()).containsAll(FEATURES);
        Path model = folder.resolve("models/payments");
        Path version = model.resolve(JSON.readTree(model.resolve("aliases.json").toFile())
                .path("champion")
                .asText());
        List<String> names = new ArrayList<>();
        JSON.readTree(version.resolve("model.json").toFile())
                .path("features")
                .forEach(feature -> names.add(feature.path("name").asText()));
        float[] references = new float[names.size()];
        Arrays.fill(references, REFERENCE);
        double[] scores;
        try (OnnxScorer scorer = OnnxScorer.load(Files.readAllBytes(version.resolve("model.onnx")), names.size())) {
            scores = scorer.score(samples.with(names).filled(references).values(), samples.size());
        }
        // Both are in the order of time, and no two events happen at once.
        for (int i = 0; i < events.size(); i++) {
            String id = events.get(i).path("id").asText();
            JsonNode row = scored.get(id);
            for (String feature : FEATURES) {
                float read = samples.value(i, samples.features().indexOf(feature));
                JsonNode streamed = row.path(feature);
                // Boxes, of which one that is not a number equals another.
                assertThat(Float.valueOf(read))
                        .as("%s of %s in training", feature, id)
                        .isEqualTo(Float.valueOf(streamed.isNumber() ? (float) streamed.asDouble() : Float.NaN));
            }
            assertThat(samples.positive(i)).as("label of %s", id).isEqualTo(frauds.contains(id));
            assertThat(scores[i])
                    .as("score of %s in training", id)
                    .isEqualTo(row.path("score").asDouble(), within(1e-6));
        }
    }

    private static int day(ObjectNode event) {
        return (int) Instant.parse(event.path("at").asText())
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .toEpochDay();
    }

    private void takeOver(Stack stack, Path pipelines) throws IOException {
        Path copies = ofTheCluster(Stacks.state("live-features").resolve("services/model"));
        assertThat(copies.resolve("millrace-features-payments")).exists();
        declare(pipelines, "10s", "  state: { version: v2 }\n");
        Awaitility.await("the copy of the new version, and it alone")
                .atMost(PATIENCE)
                .until(() -> Files.exists(copies.resolve("millrace-features-payments.v2"))
                        && Files.notExists(copies.resolve("millrace-features-payments")));
    }

    /** The folder of the one Kafka cluster that there was. */
    private static Path ofTheCluster(Path folder) throws IOException {
        try (Stream<Path> clusters = Files.list(folder)) {
            List<Path> found = clusters.toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private static void declare(Path pipelines, String precision, String more) throws IOException {
        Path draft = pipelines.resolve("payments.draft");
        Files.writeString(draft, DECLARATION.replace("PRECISION", precision) + more);
        Files.move(draft, pipelines.resolve("payments.yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static String terminals() {
        StringBuilder rows = new StringBuilder("id,floor\n");
        for (int i = 0; i < EACH; i += 2) {
            rows.append('t').append(i).append(',').append(i % 7).append('\n');
        }
        return rows.toString();
    }

    /** The example's model, given other features. */
    private static void model(Path models) throws IOException {
        Path example = Stacks.home().resolve("examples/card-fraud/models/card-fraud");
        String champion = JSON.readTree(example.resolve("aliases.json").toFile())
                .path("champion")
                .asText();
        ObjectNode description = (ObjectNode)
                JSON.readTree(example.resolve(champion).resolve("model.json").toFile());
        int width = description.path("features").size();
        ArrayNode features = description.put("name", "payments").putArray("features");
        for (int i = 0; i < width; i++) {
            features.addObject().put("name", FEATURES.get(i % FEATURES.size())).put("reference", REFERENCE);
        }
        Path version = Files.createDirectories(models.resolve(champion));
        Files.writeString(version.resolve("model.json"), description.toString());
        Files.copy(example.resolve(champion).resolve("model.onnx"), version.resolve("model.onnx"));
        Files.writeString(models.resolve("aliases.json"), "{\"champion\": \"" + champion + "\"}");
    }

    /** The next events: of each customer one and at each terminal one. */
    private List<ObjectNode> round() {
        List<Integer> terminals =
                new ArrayList<>(IntStream.range(0, EACH).boxed().toList());
        Collections.shuffle(terminals, random);
        List<ObjectNode> events = new ArrayList<>();
        for (int customer = 0; customer < EACH; customer++) {
            at = at.plusMillis(1 + random.nextInt(90_000));
            events.add(JSON.createObjectNode()
                    .put("id", "e" + sent++)
                    .put("at", at.toString())
                    .put("customer", "c" + customer)
                    .put("terminal", "t" + terminals.get(customer))
                    .put("amount", 1 + random.nextInt(100_000) / 100.0));
        }
        at = at.plus(Duration.ofHours(random.nextInt(48)));
        return events;
    }

    /** The predictions of the events, once they see all events and labels of the rounds before. */
    private List<JsonNode> awaitAllCounted(Stack stack, List<ObjectNode> next, int rounds) {
        return Awaitility.await("features that hold all that came before")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreException(java.io.IOException.class)
                .until(() -> predictions(stack, next), said -> areUpToDate(said, next, rounds));
    }

    private boolean areUpToDate(List<JsonNode> said, List<ObjectNode> events, int rounds) {
        for (int i = 0; i < said.size(); i++) {
            JsonNode features = said.get(i).path("features");
            double frauds =
                    chargedBack.getOrDefault(events.get(i).path("terminal").asText(), 0);
            if (features.path("customer_n_30d").asInt() != rounds + 1
                    || Math.abs(features.path("terminal_risk").asDouble() - frauds / (rounds + 1)) > 1e-9) {
                return false;
            }
        }
        return !said.isEmpty();
    }

    private void chargeBack(Stack stack, List<ObjectNode> events) {
        ArrayNode labels = JSON.createArrayNode();
        for (ObjectNode event : events) {
            if (random.nextInt(10) == 0) {
                chargedBack.merge(event.path("terminal").asText(), 1, Integer::sum);
                frauds.add(event.path("id").asText());
                labels.addObject().put("id", event.path("id").asText()).put("label", true);
            }
        }
        Awaitility.await("labels that are taken")
                .atMost(PATIENCE)
                .until(() -> given().contentType("application/json")
                                .body(labels.toString())
                                .when()
                                .post(stack.address(Service.INGEST).resolve("/pipelines/payments/labels/chargebacks"))
                                .statusCode()
                        == 202);
    }

    private static List<JsonNode> features(List<JsonNode> predictions) {
        return predictions.stream().map(one -> one.path("features")).toList();
    }

    private List<JsonNode> predictions(Stack stack, List<ObjectNode> events) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("model", "payments").put("features", true);
        request.putArray("inputs").addAll(events);
        Response response = given().contentType("application/json")
                .body(request.toString())
                .when()
                .post(stack.address(Service.MODEL).resolve("/predict"));
        List<JsonNode> predictions = new ArrayList<>();
        if (response.statusCode() != 200) {
            // The service is starting, or its pipeline is being changed.
            assertThat(response.statusCode()).as(response.asString()).isEqualTo(503);
            return predictions;
        }
        JSON.readTree(response.asByteArray()).path("predictions").forEach(predictions::add);
        return predictions;
    }

    private static void compare(List<ObjectNode> events, List<JsonNode> said, Map<String, JsonNode> scored) {
        assertThat(scored).hasSize(ROUNDS * EACH);
        for (int i = 0; i < events.size(); i++) {
            String id = events.get(i).path("id").asText();
            JsonNode row = scored.get(id);
            JsonNode features = said.get(i).path("features");
            assertThat(features.size()).isGreaterThanOrEqualTo(5);
            for (String feature : (Iterable<String>) features::fieldNames) {
                JsonNode live = features.path(feature);
                assertThat(live.isNumber())
                        .as("%s of %s: %s", feature, id, row)
                        .isEqualTo(row.path(feature).isNumber());
                assertThat(live.asDouble())
                        .as("%s of %s", feature, id)
                        .isEqualTo(row.path(feature).asDouble(), within(1e-12));
            }
            assertThat(said.get(i).path("score").asDouble())
                    .as("score of %s", id)
                    .isEqualTo(row.path("score").asDouble(), within(1e-12));
        }
    }

    /** Every committed record of the scored topic, by the event's id, once there are so many. */
    private static Map<String, JsonNode> scored(Stack stack, int count) throws IOException {
        Map<String, JsonNode> rows = new HashMap<>();
        long until = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("millrace.payments.scored").stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (rows.size() < count && System.nanoTime() < until) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    JsonNode row = JSON.readTree(record.value());
                    assertThat(rows.put(row.path("id").asText(), row)).isNull();
                }
            }
        }
        return rows;
    }
}
