package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.NDJSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static dev.millrace.ingest.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.millrace.ingest.Machine;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.topic.Stage;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels go where the transform looks for them: into their own topic, under the event's id. */
@QuarkusTest
@WithTestResource(value = Machine.class, scope = TestResourceScope.GLOBAL)
class LabelsTest {
    private Tail labels;
    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        labels = Tail.labels("payments");
        raw = Tail.raw("payments");
        rejected = Tail.rejected("payments");
    }

    @Test
    void takes_one_label_byte_by_byte_under_the_events_id() {
        String label = "{ \"payment_id\": \"Zoë-1\", \"label\": true,\"case\": 0.10 }";
        long before = System.currentTimeMillis();

        Requests.labels(JSON, label)
                .statusCode(202)
                .body("pipeline", equalTo("payments"))
                .body("accepted", equalTo(1))
                .body("refused", equalTo(0))
                .body("violations", hasSize(0));

        ConsumerRecord<String, byte[]> record = labels.read().get(0);
        assertThat(labels.values()).containsExactly(label);
        assertThat(record.key()).isEqualTo("Zoë-1");
        assertThat(record.partition()).isEqualTo(Utils.toPositive(Utils.murmur2(bytes("Zoë-1"))) % 2);
        assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(raw.read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-0.25", "1e3", "true", "false"})
    void takes_numbers_true_and_false_as_they_are(String label) {
        String json = "{\"payment_id\":\"v\",\"label\":" + label + "}";

        Requests.labels(JSON, json).statusCode(202);

        assertThat(labels.values()).containsExactly(json);
    }

    @ParameterizedTest
    @CsvSource({"1,1.0", "' 0.5 ',0.5", "TRUE,true", "false,false"})
    void writes_a_label_that_comes_as_a_text_as_what_it_says(String text, String label) {
        Requests.labels(JSON, "{\"payment_id\":\"t\",\"label\":\"" + text + "\",\"n\":1.10}")
                .statusCode(202);

        assertThat(labels.values()).containsExactly("{\"payment_id\":\"t\",\"label\":" + label + ",\"n\":1.10}");
    }

    @Test
    void takes_arrays_and_lines_and_keeps_the_order_of_an_event() {
        Requests.labels(JSON, "[" + label("a", "1") + "," + label("a", "0") + "]")
                .statusCode(202)
                .body("accepted", equalTo(2));
        String lines = IntStream.range(0, 500).mapToObj(i -> label("b", "" + i)).collect(Collectors.joining("\n"));
        Requests.labels(NDJSON, lines).statusCode(202).body("accepted", equalTo(500));

        assertThat(labels.read().stream().filter(record -> record.key().equals("b")))
                .extracting(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactlyElementsOf(IntStream.range(0, 500)
                        .mapToObj(i -> label("b", "" + i))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"payment_id\":\"x\"} | /label | nothing",
                "{\"payment_id\":\"x\",\"label\":null} | /label | nothing",
                "{\"payment_id\":\"x\",\"label\":\"perhaps\"} | /label | the text 'perhaps'",
                "{\"payment_id\":\"x\",\"label\":\"NaN\"} | /label | the text 'NaN'",
                "{\"payment_id\":\"x\",\"label\":1e400} | /label | 1E+400",
                "{\"payment_id\":\"x\",\"label\":{\"is\":1}} | /label | {\"is\":1}",
                "{\"label\":1} | /payment_id | nothing",
                "{\"payment_id\":\"\\u0000\",\"label\":1} | /payment_id | ",
            })
    void refuses_what_is_no_label_and_keeps_it_as_rejected(String json, String where, String actual) {
        Requests.labels(JSON, json)
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/invalid-labels"))
                .body("violations", hasSize(1))
                .body("violations[0].where", equalTo(where))
                .body(
                        "violations[0].expected",
                        where.equals("/label") ? equalTo("a number, true or false") : containsString(""))
                .body("violations[0].actual", containsString(actual == null ? "" : actual));

        Rejection rejection = rejected.rejection();
        assertThat(rejection.stage()).isEqualTo(Stage.INGEST);
        assertThat(rejection.source()).isEqualTo("/pipelines/payments/labels/chargebacks");
        assertThat(rejection.original()).isEqualTo(bytes(json));
        assertThat(labels.read()).isEmpty();
    }

    @Test
    void takes_the_good_ones_of_a_body_and_names_the_others() {
        Requests.labels(NDJSON, label("g1", "1") + "\nno\n" + label("g2", "\"x\"") + "\n" + label("g3", "false"))
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("refused", equalTo(2))
                .body("violations.where", equalTo(List.of("line 2", "line 3, field label")));

        assertThat(labels.read()).extracting(record -> record.key()).containsExactlyInAnyOrder("g1", "g3");
    }

    @Test
    void says_which_labels_there_are() {
        Requests.of(JSON)
                .body(bytes(label("u", "1")))
                .post("/pipelines/payments/labels/chargeback")
                .then()
                .statusCode(404)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/unknown-labels"))
                .body(
                        "detail",
                        equalTo(
                                "Pipeline 'payments' has no labels 'chargeback'. Did you mean 'chargebacks'? Declared in"
                                        + " spec.labels: chargebacks."));
        Requests.of(JSON)
                .body(bytes(label("u", "1")))
                .post("/pipelines/nowhere/labels/chargebacks")
                .then()
                .statusCode(404)
                .body("type", equalTo("/problems/unknown-pipeline"));
    }

    @Test
    void takes_neither_cloud_events_nor_more_than_fits() {
        Requests.labels(Requests.CLOUD_EVENT, label("c", "1")).statusCode(415);
        Requests.labels(JSON, "[" + " ".repeat(3 * 1024 * 1024) + "]").statusCode(413);
    }

    @Test
    void counts_labels_as_labels_and_never_as_events() {
        Requests.labels(JSON, label("m", "1")).statusCode(202);
        double events = count("ok");
        double before = count("label");

        Requests.labels(JSON, "[" + label("m", "1") + "," + label("n", "0") + "]")
                .statusCode(202);

        assertThat(count("label") - before).isEqualTo(2);
        assertThat(count("ok")).isEqualTo(events);
    }

    private static double count(String outcome) {
        String series = "millrace_events_total{outcome=\"" + outcome + "\",pipeline=\"payments\",stage=\"ingest\"} ";
        return RestAssured.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .sum();
    }

    private static String label(String id, String label) {
        return "{\"payment_id\":\"" + id + "\",\"label\":" + label + "}";
    }
}
