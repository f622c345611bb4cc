package dev.millrace.model.predict;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class PredictTest {
    /** {@code millrace.predict.max-concurrent}, unless it is set. */
    private static final int MOST_AT_ONCE = 256;

    private static final String SUSPICIOUS = "{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}";
    private static final String ORDINARY = "{\"tx_amount\": 12.5, \"tx_datetime\": \"2018-06-05 13:12:00\"}";

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @Test
    void answers_with_score_label_version_and_reasons() {
        JsonPath answer =
                post("/predict", body(SUSPICIOUS)).statusCode(200).extract().jsonPath();

        assertThat(answer.getString("model")).isEqualTo("card-fraud");
        assertThat(answer.getString("version")).isEqualTo("1");
        assertThat(answer.getDouble("predictions[0].score")).isBetween(0.6, 1.0);
        assertThat(answer.getString("predictions[0].label")).isEqualTo("fraud");
        assertThat(answer.getString("predictions[0].reasons[0].feature")).isEqualTo("tx_amount");
        assertThat(answer.getMap("").keySet())
                .containsExactlyInAnyOrder(
                        "model", "version", "route", "reasons_method", "reasons_scale", "predictions");
        assertThat(answer.getString("reasons_method")).isEqualTo("single_feature_replacement");
        assertThat(answer.getString("reasons_scale")).isEqualTo("score");
        assertThat(answer.getMap("predictions[0]").keySet()).containsExactlyInAnyOrder("score", "label", "reasons");
    }

    @Test
    void answers_a_client_that_asks_to_go_on_with_http_2() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/predict"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(SUSPICIOUS)))
                .build();

        for (int call = 0; call < 3; call++) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    @Test
    void live_features_of_a_customer_who_never_came_are_those_of_a_first_event() {
        JsonPath answer = payment(", \"customer\": \"new\", \"amount\": 25.0")
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(answer.getMap("predictions[0].features"))
                .isEqualTo(Map.of("n_1d", 1, "mean_1d", 25.0f, "share", 1.0f));
        assertThat(answer.getMap("predictions[0]").keySet()).doesNotContain("features_as_of");
    }

    @Test
    void a_text_among_the_features_goes_to_the_model_as_it_is() {
        JsonPath answer = given().contentType(ContentType.JSON)
                .body("{\"model\": \"orders\", \"features\": true, \"inputs\": ["
                        + "{\"amount\": 120, \"hour\": 3, \"country\": \"fr\"},"
                        + "{\"amount\": 120, \"hour\": 3, \"country\": \"de\"},"
                        + "{\"amount\": 120, \"hour\": 3, \"country\": \"nowhere\"},"
                        + "{\"amount\": 120, \"hour\": 3}]}")
                .post("/predict")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        double french = answer.getDouble("predictions[0].score");
        double german = answer.getDouble("predictions[1].score");
        assertThat(french).isGreaterThan(german).isEqualTo(byTensors("fr"), within(1e-6));
        assertThat(german).isEqualTo(byTensors("de"), within(1e-6));
        assertThat(answer.getDouble("predictions[2].score")).isEqualTo(byTensors("nowhere"), within(1e-6));
        assertThat(answer.getDouble("predictions[3].score")).isEqualTo(german);
        assertThat(answer.getString("predictions[0].features.country")).isEqualTo("fr");
        assertThat(answer.getString("reasons_method")).isEqualTo("single_feature_replacement");
        Map<String, Object> reason = answer.getMap("predictions[0].reasons.find { it.feature == 'country' }");
        assertThat(((Number) reason.get("effect")).doubleValue()).isEqualTo(french - german, within(1e-6));
        assertThat(answer.getMap("predictions[0]").keySet()).doesNotContain("label");
    }

    /** What the graph itself says of an order of 120 at three o'clock from there. */
    private static double byTensors(String country) {
        return given().contentType(ContentType.JSON)
                .body(
                        "{\"inputs\": [{\"name\": \"amount\", \"shape\": [1, 1], \"datatype\": \"FP32\", \"data\": [120]},"
                                + "{\"name\": \"hour\", \"shape\": [1, 1], \"datatype\": \"INT64\", \"data\": [3]},"
                                + "{\"name\": \"country\", \"shape\": [1, 1], \"datatype\": \"BYTES\", \"data\": [\""
                                + country
                                + "\"]}], \"outputs\": [{\"name\": \"output_probability\"}]}")
                .post("/v2/models/countries/infer")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getDouble("outputs[0].data[1]");
    }

    @Test
    void a_feature_that_is_sent_holds_also_in_what_is_derived_of_it() {
        JsonPath answer = payment(", \"amount\": 25.0, \"n_1d\": 7, \"mean_1d\": 10.0")
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(answer.getMap("predictions[0].features"))
                .isEqualTo(Map.of("n_1d", 7, "mean_1d", 10.0f, "share", 2.5f));
    }

    @Test
    void what_live_features_come_from_has_to_be_sent() {
        payment(", \"amount\": 25.0").statusCode(400).body("violations.where", contains("/inputs/0/customer"));
    }

    @Test
    void exact_reasons_add_up_and_have_the_names_that_were_declared() {
        JsonPath answer = payment(", \"amount\": 25.0, \"n_1d\": 7, \"mean_1d\": 5.0")
                .extract()
                .jsonPath();

        assertThat(answer.getString("reasons_method")).isEqualTo("linear");
        assertThat(answer.getString("reasons_scale")).isEqualTo("log_odds");
        List<Map<String, Object>> reasons = answer.getList("predictions[0].reasons");
        assertThat(reasons).extracting(reason -> reason.get("feature")).containsExactly("share", "n_1d", "mean_1d");
        assertThat(reasons)
                .extracting(reason -> reason.get("text"))
                .containsExactly(null, "many payments in a day", "small amounts");
        double sum = -1
                + reasons.stream()
                        .mapToDouble(reason -> ((Number) reason.get("effect")).doubleValue())
                        .sum();
        assertThat(answer.getDouble("predictions[0].score")).isEqualTo(1 / (1 + Math.exp(-sum)), within(1e-6));
    }

    @Test
    void whoever_wants_no_reasons_gets_none() {
        post("/predict", body(SUSPICIOUS).replaceFirst("\\{", "{\"reasons\": false, "))
                .statusCode(200)
                .body("predictions[0].reasons", hasSize(0))
                .body("predictions[0].label", equalTo("fraud"));
    }

    private static ValidatableResponse payment(String more) {
        return post(
                "/predict",
                "{\"model\": \"payments\", \"features\": true, \"inputs\": [{\"id\": \"1\", \"at\": \"2026-03-01T12:00:00Z\""
                        + more + "}]}");
    }

    @Test
    void an_ordinary_transaction_is_genuine() {
        post("/predict", body(ORDINARY)).statusCode(200).body("predictions[0].label", equalTo("genuine"));
    }

    @Test
    void the_model_may_be_named_in_the_path() {
        double inBody = score(post("/predict", body(SUSPICIOUS)));
        double inPath = score(post("/predict/card-fraud", "{\"inputs\": [" + SUSPICIOUS + "]}"));

        assertThat(inPath).isEqualTo(inBody);
    }

    @Test
    void the_pipeline_may_be_named() {
        post("/predict", "{\"model\": \"card-fraud\", \"pipeline\": \"card-fraud\", \"inputs\": [" + ORDINARY + "]}")
                .statusCode(200);
    }

    @Test
    void answers_a_batch_in_its_order() {
        String inputs = IntStream.range(0, 1000)
                .mapToObj(i -> i % 2 == 0 ? SUSPICIOUS : ORDINARY)
                .collect(Collectors.joining(","));

        JsonPath answer =
                post("/predict", body(inputs)).statusCode(200).extract().jsonPath();

        List<String> labels = answer.getList("predictions.label");
        assertThat(labels).hasSize(1000);
        for (int i = 0; i < 1000; i++) {
            assertThat(labels.get(i)).isEqualTo(i % 2 == 0 ? "fraud" : "genuine");
        }
    }

    @Test
    void a_reason_says_how_much_the_score_owes_to_the_feature() {
        JsonPath answer = post("/predict", body(SUSPICIOUS)).extract().jsonPath();
        String atMedian = SUSPICIOUS.replace("310.0", "45.75");
        double without = score(post("/predict", body(atMedian)));

        assertThat(answer.getDouble("predictions[0].reasons[0].effect"))
                .isEqualTo(answer.getDouble("predictions[0].score") - without, within(1e-6));
    }

    @Test
    void reasons_are_the_greatest_first_and_at_most_three() {
        List<Map<String, Object>> reasons =
                post("/predict", body(SUSPICIOUS)).extract().jsonPath().getList("predictions[0].reasons");

        assertThat(reasons).hasSizeBetween(1, 3);
        List<Double> sizes = reasons.stream()
                .map(reason -> -Math.abs(((Number) reason.get("effect")).doubleValue()))
                .toList();
        assertThat(sizes).isSorted();
    }

    @Test
    void takes_the_whole_event_as_well_as_what_the_model_needs() {
        String whole =
                "{\"transaction_id\": \"7\", \"customer_id\": \"3\", \"terminal_id\": \"9\"," + SUSPICIOUS.substring(1);

        assertThat(score(post("/predict", body(whole)))).isEqualTo(score(post("/predict", body(SUSPICIOUS))));
    }

    @Test
    void takes_a_time_in_each_declared_format() {
        String iso = SUSPICIOUS.replace("2018-06-05 03:12:00", "2018-06-05T03:12:00Z");

        assertThat(score(post("/predict", body(iso)))).isEqualTo(score(post("/predict", body(SUSPICIOUS))));
    }

    static Stream<Arguments> mistakes() {
        String time = "\"tx_datetime\": \"2018-06-05 03:12:00\"";
        return Stream.of(
                arguments("[]", "", "an object", "[]"),
                arguments("7", "", "an object", "7"),
                arguments("{\"model\": \"card-fraud\"}", "/inputs", "at least one event", "nothing"),
                arguments(body(""), "/inputs", "at least one event", "[]"),
                arguments("{\"model\": \"card-fraud\", \"inputs\": {}}", "/inputs", "an array", "{}"),
                arguments(body("7"), "/inputs/0", "an object", "7"),
                arguments(body("null"), "/inputs/0", "an object", "null"),
                arguments(body(ORDINARY + ",[]"), "/inputs/1", "an object", "[]"),
                arguments("{\"inputs\": [" + ORDINARY + "]}", "/model", "the name of a model", "nothing"),
                arguments("{\"model\": 7, \"inputs\": [" + ORDINARY + "]}", "/model", "a text", "7"),
                arguments(
                        "{\"model\": \"card-fraud\", \"input\": 1, \"inputs\": [" + ORDINARY + "]}",
                        "/input",
                        "no member but",
                        "'input'"),
                arguments(body("{}"), "/inputs/0/tx_amount", "a decimal number", "nothing"),
                arguments(body("{}"), "/inputs/0/tx_datetime", "a point in time", "nothing"),
                arguments(body(ORDINARY + ", {" + time + "}"), "/inputs/1/tx_amount", "a decimal number", "nothing"),
                arguments(amount("null"), "/inputs/0/tx_amount", "a decimal number", "nothing"),
                arguments(amount("\"lots\""), "/inputs/0/tx_amount", "a decimal number", "the text 'lots'"),
                arguments(amount("\"NaN\""), "/inputs/0/tx_amount", "a decimal number", "the text 'NaN'"),
                arguments(amount("\"\""), "/inputs/0/tx_amount", "a decimal number", "the text ''"),
                arguments(amount("true"), "/inputs/0/tx_amount", "a decimal number", "true"),
                arguments(amount("[1]"), "/inputs/0/tx_amount", "a decimal number", "an array"),
                arguments(amount("{}"), "/inputs/0/tx_amount", "a decimal number", "an object"),
                arguments(amount("1e400"), "/inputs/0/tx_amount", "a decimal number", "1E+400"),
                arguments(amount("1e2147483647"), "/inputs/0/tx_amount", "a decimal number", "1E+2147483647"),
                arguments(amount("-1e-400"), "/inputs/0/tx_amount", "a decimal number", "-1E-400"),
                arguments(amount("\"\\ud800\""), "/inputs/0/tx_amount", "a decimal number", "the text '\ufffd'"),
                arguments(at("2018-02-30 00:00:00"), "/inputs/0/tx_datetime", "a point in time", "2018-02-30"),
                arguments(at("2018-06-05 25:00:00"), "/inputs/0/tx_datetime", "a point in time", "25:00"),
                arguments(at("yesterday"), "/inputs/0/tx_datetime", "a point in time", "yesterday"),
                arguments(
                        body("{\"tx_amuont\": 1," + ORDINARY.substring(1)),
                        "/inputs/0/tx_amuont",
                        "did you mean 'tx_amount'",
                        "'tx_amuont'"),
                arguments(
                        body("{\"a/b~\\u0000\": 1," + ORDINARY.substring(1)),
                        "/inputs/0/a~1b~0\ufffd",
                        "a declared field: transaction_id",
                        "'a/b~\ufffd'"),
                arguments(
                        body("{\"" + "x".repeat(5_000) + "\": 1," + ORDINARY.substring(1)),
                        "/inputs/0/" + "x".repeat(80) + "…",
                        "a declared field",
                        "xxx…"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void names_the_mistake(String body, String where, String expected, String actual) {
        List<Map<String, String>> violations = post("/predict", body)
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/invalid-request"))
                .body("status", equalTo(400))
                .extract()
                .jsonPath()
                .getList("violations");

        assertThat(violations).anySatisfy(violation -> {
            assertThat(violation.getOrDefault("where", "")).isEqualTo(where);
            assertThat(violation.get("expected")).contains(expected);
            assertThat(violation.get("actual")).contains(actual);
        });
    }

    static Stream<String> unreadable() {
        return Stream.of(
                "",
                " ",
                "{",
                "{\"model\": \"card-fraud\", \"inputs\": [" + ORDINARY + "]} more",
                "{\"model\": \"card-fraud\", \"model\": \"card-fraud\", \"inputs\": [" + ORDINARY + "]}",
                amount("NaN"),
                amount("Infinity"),
                amount("1e99999999999"),
                amount("1".repeat(5_000)),
                body("{\"\\ud800\": 1}"),
                "[".repeat(100_000),
                "not JSON \ud83d\ude00");
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void a_body_that_is_no_json_is_refused_with_its_place(String body) {
        post("/predict", body)
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/malformed-body"))
                .body("detail", allOf(startsWith("It can not be read: "), not(containsString("`"))));
    }

    @Test
    void says_where_the_json_breaks() {
        post("/predict", "{\"model\": \"card-fraud\",\n \"inputs\": nope}")
                .statusCode(400)
                .body("detail", containsString("line 2, column "));
    }

    @Test
    void a_body_that_is_not_utf8_is_refused() {
        byte[] latin1 = body(ORDINARY).replace("card", "c\u00e4rd").getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = body(ORDINARY).getBytes(StandardCharsets.UTF_16BE);

        for (byte[] bytes : List.of(latin1, utf16)) {
            given().contentType(ContentType.JSON)
                    .body(bytes)
                    .post("/predict")
                    .then()
                    .statusCode(400)
                    .body("detail", containsString("not UTF-8"));
        }
    }

    @Test
    void every_mistake_of_every_input_is_named_at_once() {
        post("/predict", body("{\"tx_amount\": \"x\", \"tx_datetime\": \"y\"}," + ORDINARY + ",{\"z\": 1}"))
                .statusCode(400)
                .body(
                        "violations.where",
                        contains(
                                "/inputs/0/tx_amount",
                                "/inputs/0/tx_datetime",
                                "/inputs/2/z",
                                "/inputs/2/tx_datetime",
                                "/inputs/2/tx_amount"));
    }

    @Test
    void of_very_many_mistakes_the_first_hundred_are_named() {
        String inputs = IntStream.range(0, 1000).mapToObj(i -> "{}").collect(Collectors.joining(","));

        post("/predict", body(inputs))
                .statusCode(400)
                .body("detail", containsString("the first 100 of 2000 mistakes"))
                .body("violations", hasSize(100));
    }

    @Test
    void an_unknown_model_is_not_found_and_a_near_name_is_suggested() {
        post("/predict/card-frand", "{\"inputs\": [" + ORDINARY + "]}")
                .statusCode(404)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/unknown-model"))
                .body("detail", containsString("Did you mean 'card-fraud'?"));
    }

    @Test
    void a_name_like_no_model_is_not_found_and_the_models_are_listed() {
        post("/predict/recommendations", "{\"inputs\": [" + ORDINARY + "]}")
                .statusCode(404)
                .body("detail", containsString("Models: "))
                .body("detail", containsString("card-fraud"));
    }

    @Test
    void a_model_name_that_no_text_can_hold_is_not_found() {
        post("/predict", "{\"model\": \"\\ud800\", \"inputs\": [" + ORDINARY + "]}")
                .statusCode(404)
                .body("detail", containsString("\ufffd"));
    }

    @Test
    void a_pipeline_that_does_not_use_the_model_is_not_found() {
        post("/predict", "{\"model\": \"card-fraud\", \"pipeline\": \"other\", \"inputs\": [" + ORDINARY + "]}")
                .statusCode(404)
                .body("detail", containsString("in pipeline 'other'"));
    }

    @Test
    void the_path_and_the_body_may_not_name_different_models() {
        post("/predict/card-fraud", "{\"model\": \"other\", \"inputs\": [" + ORDINARY + "]}")
                .statusCode(400)
                .body("violations.where", hasItem("/model"));
    }

    @Test
    void more_inputs_than_allowed_are_refused() {
        String inputs = IntStream.range(0, 1001).mapToObj(i -> ORDINARY).collect(Collectors.joining(","));

        post("/predict", body(inputs))
                .statusCode(400)
                .body("violations[0].expected", equalTo("at most 1000 events"))
                .body("violations[0].actual", equalTo("1001"));
    }

    @Test
    void a_body_that_is_too_large_is_refused() {
        post("/predict", body(ORDINARY) + " ".repeat(4 * 1024 * 1024))
                .statusCode(413)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/body-too-large"))
                .body("detail", containsString("millrace.predict.max-body"));
    }

    @Test
    void a_request_whose_time_is_over_is_answered_so() {
        double before = refused("late");
        for (String path : List.of("/predict", "/predict/card-fraud")) {
            given().contentType(ContentType.JSON)
                    .header("X-Request-Timeout", "0ms")
                    .body(body(ORDINARY))
                    .post(path)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", "1")
                    .contentType("application/problem+json")
                    .body("type", equalTo("/problems/late"));
        }
        assertThat(refused("late")).as("whoever looks for the reason finds it").isEqualTo(before + 2);
        given().contentType(ContentType.JSON)
                .header("X-Request-Timeout", "soon")
                .body(body(ORDINARY))
                .post("/predict")
                .then()
                .statusCode(400)
                .body("detail", containsString("X-Request-Timeout is a time such as 250ms"));
    }

    @Test
    void what_is_beyond_as_many_requests_at_once_as_may_be_is_told_so_and_counted() throws Exception {
        double before = refused("busy");
        List<Socket> open = new ArrayList<>();
        try {
            Response answer = ask();
            // When the last of them is inside is not known from here.
            while (answer.statusCode() == 200 && open.size() < 2 * MOST_AT_ONCE) {
                open.add(unfinished());
                answer = open.size() < MOST_AT_ONCE ? answer : ask();
            }
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.path("type").toString()).isEqualTo("/problems/busy");
            assertThat(answer.path("detail").toString()).contains("millrace.predict.max-concurrent");
            assertThat(refused("busy")).isGreaterThan(before);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void whoever_goes_away_in_the_middle_of_a_request_does_not_count_as_a_failure_and_holds_no_place()
            throws Exception {
        String gone =
                "http_server_requests_seconds_count{method=\"POST\",outcome=\"CLIENT_ERROR\",status=\"RESET\",uri=\"/predict\"} ";
        String failed =
                "http_server_requests_seconds_count{method=\"POST\",outcome=\"SERVER_ERROR\",status=\"500\",uri=\"/predict\"} ";
        double goneBefore = metric(gone);
        double failedBefore = metric(failed);

        for (int i = 0; i < MOST_AT_ONCE; i++) {
            unfinished().close();
        }

        Instant end = Instant.now().plusSeconds(20);
        while (metric(gone) < goneBefore + MOST_AT_ONCE && Instant.now().isBefore(end)) {
            Thread.onSpinWait();
        }
        assertThat(metric(gone)).isEqualTo(goneBefore + MOST_AT_ONCE);
        assertThat(metric(failed)).isEqualTo(failedBefore);
        assertThat(ask().statusCode()).isEqualTo(200);
    }

    /** A request that announces a body and does not finish it. */
    private static Socket unfinished() throws IOException {
        Socket socket = new Socket("localhost", RestAssured.port);
        socket.getOutputStream()
                .write("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static Response ask() {
        return given().contentType(ContentType.JSON).body(body(ORDINARY)).post("/predict");
    }

    /** How many requests were answered with a 5xx for that reason, by the metric. */
    private static double refused(String reason) {
        return metric("millrace_predict_refused_total{reason=\"" + reason + "\"} ");
    }

    /** A sample of the metrics; 0 where there is none yet. */
    private static double metric(String sample) {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(sample))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
                .sum();
    }

    @Test
    void another_content_type_is_refused() {
        given().contentType("text/csv")
                .body("tx_amount\n7")
                .post("/predict")
                .then()
                .statusCode(415)
                .contentType("application/problem+json");
    }

    @Test
    void a_body_that_is_zipped_is_refused_as_such() {
        given().contentType("application/json")
                .header("Content-Encoding", "gzip")
                .body(new byte[] {0x1f, (byte) 0x8b, 8, 0})
                .post("/predict/card-fraud")
                .then()
                .statusCode(415)
                .contentType("application/problem+json")
                .body("detail", containsString("Content-Encoding"));
    }

    @Test
    void only_post_predicts() {
        given().get("/predict").then().statusCode(405).contentType("application/problem+json");
    }

    @Test
    void whatever_bytes_come_the_fault_is_never_the_services() {
        Random random = new Random(11);
        byte[] good = body(SUSPICIOUS + "," + ORDINARY).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 400; i++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Response response =
                    given().contentType(ContentType.JSON).body(bytes).post("/predict");
            assertThat(response.statusCode())
                    .as(new String(bytes, StandardCharsets.ISO_8859_1))
                    .isIn(200, 400, 404);
            assertThat(response.contentType()).contains("json");
        }
    }

    @Test
    void the_interface_is_documented() {
        given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("paths.'/predict'.post.responses.'400'.description", containsString("problem details"))
                .body("components.schemas.Prediction.properties.score.description", containsString("probability"));
    }

    private static String body(String inputs) {
        return "{\"model\": \"card-fraud\", \"inputs\": [" + inputs + "]}";
    }

    private static String amount(String json) {
        return body("{\"tx_amount\": " + json + ", \"tx_datetime\": \"2018-06-05 03:12:00\"}");
    }

    private static String at(String time) {
        return body("{\"tx_amount\": 1, \"tx_datetime\": \"" + time + "\"}");
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType(ContentType.JSON)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .post(path)
                .then();
    }

    private static double score(ValidatableResponse response) {
        return response.statusCode(200).extract().jsonPath().getDouble("predictions[0].score");
    }
}
