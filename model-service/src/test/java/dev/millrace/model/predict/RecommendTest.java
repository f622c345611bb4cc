package dev.millrace.model.predict;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.Broker;
import dev.millrace.model.Scored;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.Topic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import dev.millrace.service.pipelines.Pipelines;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists for users of a small shop: books b1 to b4 and b9, tools t1 to t4; who likes books likes no tools. */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class RecommendTest {
    @Inject
    Pipelines pipelines;

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @Test
    void who_is_not_known_gets_what_is_popular_and_the_answer_says_so() {
        JsonPath answer = ask("{\"visitor\": \"nobody\", \"k\": 3}");

        assertThat(answer.getString("model")).isEqualTo("recommend");
        assertThat(answer.getString("version")).isEqualTo("1");
        assertThat(answer.getString("predictions[0].basis")).isEqualTo("popular");
        assertThat(answer.getList("predictions[0].items")).hasSize(3);
        assertThat(answer.getDouble("predictions[0].items[0].score")).isEqualTo(9);
        assertThat(answer.getMap("predictions[0].items[0]").keySet()).doesNotContain("reasons");
    }

    @Test
    void what_is_popular_follows_the_stream_and_the_answer_says_since_when() throws Exception {
        String nobody = "{\"visitor\": \"nobody\", \"k\": 4}";
        JsonPath before = ask("shop-now", nobody);
        assertThat(before.getString("predictions[0].popularity")).isEqualTo("training");
        assertThat(before.getString("predictions[0].popularity_as_of")).isNull();

        counts("shop-now", 1, "t4", seen("t4", Instant.now()), seen("t4", Instant.now()));
        counts("shop-now", 1, "t3", seen("t3", Instant.now()));
        counts("shop-now", 1, "b9", seen("b9", Instant.now().minus(Duration.ofDays(30))));

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ask("shop-now", nobody).getList("predictions[0].items.item"))
                        .as("two lately, one lately, and then as before")
                        .containsExactly("t4", "t3", "b1", "b2"));
        JsonPath now = ask("shop-now", nobody);
        assertThat(now.getString("predictions[0].basis")).isEqualTo("popular");
        assertThat(now.getString("predictions[0].popularity")).isEqualTo("now");
        assertThat(Instant.parse(now.getString("predictions[0].popularity_as_of")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(now.getList("predictions[0].items.score", Double.class)).containsExactly(14.0, 7.0, 0.0, 0.0);
        assertThat(ask(nobody).getString("predictions[0].popularity"))
                .as("of a pipeline that does not say what is popular now")
                .isEqualTo("training");
        assertThat(ask("shop-now", "{\"chosen\": [\"b1\"]}").getString("predictions[0].popularity"))
                .isNull();
    }

    private static String seen(String item, Instant at) {
        return "{\"id\":\"x\",\"at\":\"" + at + "\",\"visitor\":\"somebody\",\"item\":\"" + item + "\"}";
    }

    @Test
    void the_first_interactions_change_the_list_and_say_why() throws Exception {
        assertThat(ask("{\"visitor\": \"ann\"}").getString("predictions[0].basis"))
                .isEqualTo("popular");

        chooses("ann", "t1", "t2");

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ask("{\"visitor\": \"ann\"}").getString("predictions[0].basis"))
                        .isEqualTo("history"));
        JsonPath answer = ask("{\"visitor\": \"ann\", \"k\": 2}");
        assertThat(answer.getList("predictions[0].items.item")).containsExactlyInAnyOrder("t3", "t4");
        assertThat(answer.getString("predictions[0].items[0].reasons[0].because_of"))
                .isIn("t1", "t2");
        assertThat(answer.getDouble("predictions[0].items[0].reasons[0].effect"))
                .isPositive();
        assertThat(answer.getString("predictions[0].items[0].attributes.category"))
                .isEqualTo("tools");
        assertThat(answer.getString("predictions[0].features_as_of")).isNotBlank();

        JsonPath seen = ask("{\"visitor\": \"ann\", \"exclude_seen\": false, \"k\": 9}");
        assertThat(seen.getList("predictions[0].items.item"))
                .contains("t1", "t2")
                .hasSize(9);

        chooses("ann", "b1", "b2", "b3");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ask("{\"visitor\": \"ann\"}").getString("predictions[0].items[0].item"))
                        .isEqualTo("b4"));
        assertThat(kept(
                        2,
                        list -> list.path("key").asText().equals("ann")
                                && list.path("k").asInt() == 2))
                .as("the answer and the shadow's")
                .allSatisfy(list -> {
                    assertThat(list.path("basis").asText()).isEqualTo("history");
                    assertThat(list.path("features").path("history").toString()).isEqualTo("[\"t2\",\"t1\"]");
                    assertThat(list.path("features_as_of").asText())
                            .isEqualTo(answer.getString("predictions[0].features_as_of"));
                });
    }

    @Test
    void word_of_each_list_is_kept_and_the_shadows_list_is_compared_with_it() {
        JsonPath answer =
                ask("{\"visitor\": \"bob\", \"k\": 5}, {\"chosen\": [\"b2\", \"unheard of\", \"b1\"], \"k\": 7,"
                        + " \"where\": \"price < 4.0\"}");

        List<JsonNode> bobs = kept(2, list -> list.path("key").asText().equals("bob"));
        JsonNode answered = of("main", bobs);
        assertThat(answered.path("version").asText()).isEqualTo("1");
        assertThat(answered.path("id").asText()).isEqualTo(answer.getString("predictions[0].list_id"));
        assertThat(answered.path("basis").asText()).isEqualTo("popular");
        assertThat(answered.path("inputs").toString()).isEqualTo("{\"visitor\":\"bob\"}");
        assertThat(answered.path("items").findValuesAsText("item"))
                .isEqualTo(answer.getList("predictions[0].items.item"))
                .containsExactly("b1", "b2", "b3", "t1", "t2");
        JsonNode shadows = of("shadow", bobs);
        assertThat(shadows.path("version").asText()).isEqualTo("2");
        assertThat(shadows.path("items").findValuesAsText("item")).containsExactly("t1", "t2", "t3", "b4", "t4");
        assertThat(shadows.path("compared_id").asText())
                .isEqualTo(answered.path("id").asText());
        assertThat(shadows.path("compared_version").asText()).isEqualTo("1");
        assertThat(shadows.path("overlap").asDouble()).isEqualTo(0.4);

        JsonNode sent = of("main", kept(2, list -> list.path("k").asInt() == 7));
        assertThat(sent.has("key")).isFalse();
        assertThat(sent.path("features").toString()).isEqualTo("{\"history\":[\"b2\",\"b1\"],\"unknown_items\":1}");
        assertThat(sent.path("inputs").path("where").asText()).isEqualTo("price < 4.0");
        assertThat(of("shadow", kept(2, list -> list.path("k").asInt() == 7))
                        .path("overlap")
                        .asDouble())
                .isEqualTo(1);
        given().get("/q/metrics")
                .then()
                .body(containsString("millrace_shadow_overlap_count{model=\"recommend\",version=\"2\"}"))
                .body(containsString(
                        "millrace_predictions_total{model=\"recommend\",outcome=\"ok\",route=\"http-shadow\""));
    }

    @Test
    void lists_that_are_not_as_in_the_training_have_drifted() {
        String other = IntStream.range(0, 250)
                .mapToObj(i -> "{\"chosen\": [\"t1\", \"unheard of\"], \"k\": 3}")
                .collect(Collectors.joining(", "));
        for (int request = 0; request < 5; request++) {
            ask(other);
        }

        String metrics = given().get("/q/metrics").asString();

        assertThat(drift(metrics, "listed_category", "psi"))
                .as("tools, and none of the books of the training")
                .isBetween(1.0, 20.0);
        assertThat(drift(metrics, "history_items", "psi"))
                .as("two items in place of one")
                .isBetween(1.0, 20.0);
        assertThat(drift(metrics, "chosen", "missing"))
                .as("half of what is chosen is not known")
                .isBetween(0.4, 0.6);
    }

    private static double drift(String metrics, String feature, String statistic) {
        String name =
                "millrace_drift{feature=\"" + feature + "\",model=\"recommend\",statistic=\"" + statistic + "\"} ";
        return Double.parseDouble(metrics.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length()));
    }

    /** The lists of the topic of predictions that are meant, once they are there. */
    private static List<JsonNode> kept(int count, Predicate<JsonNode> meant) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> Topic.read("millrace.shop.predictions").stream()
                                .map(Scored::json)
                                .filter(meant)
                                .toList(),
                        lists -> lists.size() == count);
    }

    private static JsonNode of(String route, List<JsonNode> lists) {
        return lists.stream()
                .filter(list -> list.path("route").asText().equals(route))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_history_may_be_sent_in_place_of_a_user() {
        JsonPath answer = ask("{\"chosen\": [\"b2\", \"unheard of\", \"b1\"], \"k\": 1}");

        assertThat(answer.getString("predictions[0].basis")).isEqualTo("history");
        assertThat(answer.getString("predictions[0].items[0].item")).isIn("b3", "b4");
        assertThat(ask("{\"chosen\": [\"unheard of\"]}").getString("predictions[0].basis"))
                .as("nothing is known of what was chosen")
                .isEqualTo("popular");
    }

    @Test
    void an_item_has_others_that_are_like_it() {
        JsonPath answer = ask("{\"item\": \"t4\", \"k\": 3}");

        assertThat(answer.getString("predictions[0].basis")).isEqualTo("item");
        assertThat(answer.getList("predictions[0].items.item")).containsExactlyInAnyOrder("t1", "t2", "t3");
    }

    @Test
    void a_condition_is_held_by_every_item() {
        JsonPath answer = ask("{\"chosen\": [\"t1\"], \"k\": 9, \"where\": \"category == 'books' && price < 9.0\"}");
        assertThat(answer.getList("predictions[0].items.item")).containsExactlyInAnyOrder("b1", "b2", "b3", "b4");

        JsonPath popular = ask("{\"visitor\": \"nobody\", \"where\": \"item in ['t2', 't3']\"}");
        assertThat(popular.getList("predictions[0].items.item")).containsExactlyInAnyOrder("t2", "t3");
        assertThat(ask("{\"chosen\": [\"t1\"], \"where\": \"price > 100.0\"}").getList("predictions[0].items"))
                .isEmpty();
    }

    @Test
    void a_wrong_condition_is_told_with_what_it_may_ask_for() {
        post("{\"visitor\": \"ann\"}, {\"visitor\": \"ann\", \"where\": \"categry == 'books'\"}")
                .statusCode(400)
                .contentType("application/problem+json")
                .body("violations.where", contains("/inputs/1/where"))
                .body("violations[0].expected", containsString("item, category, price"))
                .body("violations[0].expected", containsString("category"));
        post("{\"visitor\": \"ann\", \"where\": \"price\"}")
                .statusCode(400)
                .body("violations[0].expected", containsString("true or false"));
        post("{\"visitor\": \"ann\", \"where\": \"category == 3\"}").statusCode(400);
        post("{\"visitor\": \"ann\", \"where\": \"[1, 2].exists(x, x == 1)\"}")
                .statusCode(400)
                .body("violations[0].expected", containsString("without all, exists"));
    }

    @Test
    void each_mistake_of_an_input_is_told() {
        post("{\"k\": 0, \"exclude_seen\": \"no\", \"whre\": \"x\"}")
                .statusCode(400)
                .body("violations.where", hasItem("/inputs/0"))
                .body("violations.where", hasItem("/inputs/0/k"))
                .body("violations.where", hasItem("/inputs/0/exclude_seen"))
                .body("violations.find { it.where == '/inputs/0/whre' }.expected", containsString("'where'"));
        post("{\"visitor\": \"ann\", \"item\": \"b1\"}")
                .statusCode(400)
                .body("violations[0].expected", equalTo("one of visitor (or chosen) and item"));
        post("{\"visitor\": [], \"at\": \"yesterday\"}")
                .statusCode(400)
                .body("violations.where", contains("/inputs/0/visitor", "/inputs/0/at"));
    }

    @Test
    void the_same_graph_is_there_by_the_open_inference_protocol() {
        given().get("/v2/models/recommend")
                .then()
                .statusCode(200)
                .body("inputs.name", hasItem("allowed"))
                .body("outputs.name", hasItem("because"));
    }

    private static JsonPath ask(String input) {
        return post(input).statusCode(200).extract().jsonPath();
    }

    private static JsonPath ask(String pipeline, String input) {
        return given().contentType(ContentType.JSON)
                .body("{\"model\": \"recommend\", \"pipeline\": \"" + pipeline + "\", \"inputs\": [" + input + "]}")
                .post("/predict")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static ValidatableResponse post(String inputs) {
        return given().contentType(ContentType.JSON)
                .body("{\"model\": \"recommend\", \"inputs\": [" + inputs + "]}")
                .post("/predict")
                .then();
    }

    private void chooses(String visitor, String... items) throws Exception {
        String[] events = Stream.of(items)
                .map(item -> seen(item, Instant.now()).replace("somebody", visitor))
                .toArray(String[]::new);
        counts("shop", 0, visitor, events);
    }

    /** Counts events as transform-service does: the chunk that changed, in the changelog of the pipeline's so manieth window. */
    private void counts(String name, int window, String key, String... events) throws Exception {
        Pipeline shop = pipelines.all().stream()
                .filter(pipeline -> pipeline.name().equals(name))
                .findFirst()
                .orElseThrow();
        List<WindowStep> windows = shop.transform().keyedSteps().stream()
                .map(place -> (WindowStep) shop.transform().keyedStep(place))
                .toList();
        Topic.make(windows.stream()
                .map(step -> shop.topics().changelog("", step.name()))
                .toList());
        WindowStep step = windows.get(window);
        KeyState state = new KeyState(step.plan());
        Windowed windowed = null;
        for (String event : events) {
            Row row = ((Reading.Read) shop.eventReader().read(event.getBytes(UTF_8))).row();
            windowed = step.plan().add(waiting(shop, row, step), shop.time(row), state);
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            shop.topics().changelog("", step.name()),
                            BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), 4),
                            System.currentTimeMillis(),
                            ChunkKey.of(key, windowed.changed()),
                            windowed.bytes()))
                    .get();
        }
    }

    /** The event as it waits at that step, the windows before it having nothing to say. */
    private static Row waiting(Pipeline shop, Row event, WindowStep step) {
        Outcome outcome = shop.transform().enter(event, CheckListener.NONE);
        while (outcome instanceof Outcome.At at && shop.transform().keyedStep(at.step()) != step) {
            WindowStep before = (WindowStep) shop.transform().keyedStep(at.step());
            outcome = shop.transform().proceed(before.without(at.row()), at.step() + 1);
        }
        return ((Outcome.At) outcome).row();
    }
}
