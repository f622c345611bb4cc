package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.NDJSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static dev.millrace.ingest.Requests.bytes;
import static dev.millrace.ingest.Requests.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.topic.Stage;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class RefusesBadEventsTest {
    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        raw = Tail.raw("payments");
        rejected = Tail.rejected("payments");
    }

    /** Whatever came before, a good event still goes through. */
    @AfterEach
    void still_takes_a_good_event() {
        Requests.events(JSON, Payments.json("after")).statusCode(202);
        assertThat(raw.ids()).endsWith("after");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "not json",
                "{\"payment_id\":}",
                "[{\"payment_id\":\"x\"}",
                "[{},]",
                "[{} {}]",
                "{}{}",
                "{'payment_id':'x'}",
                "{\"amount\":NaN}",
                "{\"amount\":Infinity}",
                "{\"amount\":012}",
                "{\"note\":\"tab\tin text\"}",
            })
    void refuses_a_body_that_is_no_json_whole(String body) {
        Requests.events(JSON, body)
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/malformed-body"))
                .body("detail", allOf(containsString("Nothing was accepted"), not(containsString("`"))));

        assertThat(raw.read()).isEmpty();
        assertThat(rejected.read()).isEmpty();
    }

    @Test
    void says_where_a_body_stops_being_json() {
        Requests.events(JSON, "[\n" + Payments.json("first") + ",\n  {\"payment_id\" 1}]")
                .statusCode(400)
                .body("detail", containsString("at line 3, column 17"));
    }

    @Test
    void says_how_to_send_lines_when_they_came_as_json() {
        Requests.events(JSON, Payments.json("1") + "\n" + Payments.json("2"))
                .statusCode(400)
                .body("detail", containsString("application/x-ndjson"));
    }

    @Test
    void refuses_a_body_that_is_nested_too_deep() {
        Requests.events(JSON, "{\"extra\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                .statusCode(400)
                .contentType(PROBLEM);
        Requests.events(NDJSON, "{\"extra\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                .statusCode(400)
                .contentType(PROBLEM);
    }

    @Test
    void refuses_bytes_that_are_not_utf_8() {
        byte[] latin1 = Payments.with("l", "\"note\":\"Zoë\"").getBytes(StandardCharsets.ISO_8859_1);

        Requests.events(JSON, latin1).statusCode(400).body("detail", containsString("not UTF-8"));
        Requests.events(NDJSON, latin1).statusCode(400).body("violations[0].expected", equalTo("UTF-8 text"));

        assertThat(rejected.rejection().reason().code()).isEqualTo("malformed");
        assertThat(rejected.rejection().original()).isEqualTo(latin1);
    }

    @Test
    void refuses_utf_16_and_utf_32() {
        for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
            byte[] body = Payments.json("u").getBytes(java.nio.charset.Charset.forName(charset));
            Requests.events(JSON, body).statusCode(400).contentType(PROBLEM);
            Requests.events(NDJSON, body).statusCode(400).contentType(PROBLEM);
        }

        assertThat(raw.read()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "amount | \"12,50\" | 12,50",
                "amount | \"NaN\" | NaN",
                "amount | 1e400 | 1e400",
                "amount | 1e2147483647 | 1e2147483647",
                "amount | 1e99999999999 | 1e99999999999",
                "amount | true | true",
                "amount | [1] | an array",
                "amount | {\"value\":1} | an object",
                "amount | \"\" | the text ''",
                "ratio | 1e400 | 1e400",
                "ratio | \"Infinity\" | Infinity",
                "items | 1.5 | 1.5",
                "items | 9223372036854775808 | 9223372036854775808",
                "at | \"2026-02-30 10:00:00\" | 2026-02-30",
                "at | \"2026-13-01T00:00:00Z\" | 2026-13-01",
                "at | \"01/02/2026\" | 01/02/2026",
                "due | \"2025-02-29\" | 2025-02-29",
                "due | 20250228 | 20250228",
                "urgent | \"maybe\" | maybe",
                "urgent | 1 | 1",
                "note | \"\\u0000\" | ",
                "note | \"\\ud800\" | ",
                "note | {} | an object",
            })
    void rejects_a_value_of_another_type_and_says_which(String field, String value, String actual) {
        String event = Payments.json("typed");
        String bad = event.contains("\"" + field + "\"")
                ? event.replaceAll(
                        "\"" + field + "\":(\"[^\"]*\"|[0-9.]+)",
                        java.util.regex.Matcher.quoteReplacement("\"" + field + "\":" + value))
                : Payments.with("typed", "\"" + field + "\":" + value);

        Requests.events(JSON, bad)
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/invalid-events"))
                .body("violations", hasSize(1))
                .body("violations[0].where", equalTo("/" + field))
                .body("violations[0].actual", containsString(actual == null ? "" : actual));

        Rejection rejection = rejected.rejection();
        assertThat(rejection.reason().code()).isEqualTo("wrong_type");
        assertThat(rejection.stage()).isEqualTo(Stage.INGEST);
        assertThat(rejection.original()).isEqualTo(bytes(bad));
        assertThat(raw.read()).isEmpty();
    }

    @Test
    void rejects_missing_fields_all_at_once() {
        Requests.events(JSON, "{\"payment_id\":\"m\",\"at\":null}")
                .statusCode(400)
                .body("violations.where", equalTo(List.of("/customer", "/at", "/amount")))
                .body("violations.actual", equalTo(List.of("nothing", "nothing", "nothing")));

        assertThat(rejected.rejection().reason().code()).isEqualTo("missing_field");
        assertThat(rejected.rejection().message()).contains("customer", "at", "amount");
    }

    @Test
    void rejects_what_is_no_object() {
        Requests.events(JSON, "[1, \"two\", null, [], true]")
                .statusCode(400)
                .body("violations.where", equalTo(List.of("/0", "/1", "/2", "/3", "/4")))
                .body("violations[0].expected", equalTo("a JSON object"));

        assertThat(rejected.rejections())
                .extracting(rejection -> new String(rejection.original(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder("1", "\"two\"", "null", "[]", "true");
    }

    @Test
    void takes_the_good_lines_and_names_the_bad_ones() {
        String body = String.join(
                "\n",
                Payments.json("good-1"),
                "not json",
                Payments.json("bad").replace("12.50", "\"a lot\""),
                "",
                Payments.json("good-2"),
                "{\"amount\":NaN}",
                Payments.json("cut").substring(0, 20));

        Requests.events(NDJSON, body)
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("refused", equalTo(4))
                .body("violations.where", equalTo(List.of("line 2", "line 3, field amount", "line 6", "line 7")))
                .body("violations[1].expected", equalTo("a decimal number such as 12.50"))
                .body("violations[1].actual", equalTo("the text 'a lot'"))
                .body("violations[2].actual", containsString("NaN"));

        assertThat(raw.ids()).containsExactly("good-1", "good-2");
        assertThat(rejected.rejections())
                .extracting(rejection -> rejection.reason().code())
                .containsExactlyInAnyOrder("malformed", "wrong_type", "malformed", "malformed");
    }

    @Test
    void names_the_bad_elements_of_an_array() {
        Requests.events(JSON, "[" + Payments.json("good") + ",{\"payment_id\":\"bad\"}]")
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("violations.where", equalTo(List.of("/1/customer", "/1/at", "/1/amount")));
    }

    @Test
    void keeps_every_rejection_but_names_only_the_first_hundred_mistakes() {
        String lines = Stream.generate(() -> "oops").limit(5_000).collect(Collectors.joining("\n"));

        Requests.events(NDJSON, lines)
                .statusCode(400)
                .body("detail", containsString("Every one of 5000 records"))
                .body("violations", hasSize(100));

        assertThat(rejected.read()).hasSize(5_000);
        assertThat(rejected.ids().stream().distinct()).hasSize(5_000);
    }

    @Test
    void gives_a_rejection_the_same_id_when_the_same_body_comes_again() {
        Requests.events(JSON, "{}").statusCode(400);
        Requests.events(JSON, "{}").statusCode(400);

        assertThat(rejected.ids().stream().distinct()).hasSize(1);
        assertThat(rejected.read()).hasSize(2);
    }

    @Test
    void refuses_gzip_that_ends_early_is_broken_or_is_none() {
        byte[] whole = gzip(bytes(Payments.json("z").repeat(50)));
        byte[] broken = whole.clone();
        Arrays.fill(broken, 14, 24, (byte) 0xff);

        for (byte[] body : List.of(
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 3),
                broken,
                bytes("{}"),
                new byte[0])) {
            Requests.of(JSON)
                    .header("Content-Encoding", "gzip")
                    .body(body)
                    .post("/pipelines/payments/events")
                    .then()
                    .statusCode(400)
                    .contentType(PROBLEM)
                    .body("title", equalTo("Not valid gzip"));
        }
        assertThat(raw.read()).isEmpty();
    }

    @Test
    void refuses_an_encoding_or_a_content_type_that_it_does_not_know() {
        Requests.of(JSON)
                .header("Content-Encoding", "br")
                .body(bytes("{}"))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(415)
                .contentType(PROBLEM)
                .body("detail", containsString("gzip"));
        Requests.events("text/html", "<html>").statusCode(415).contentType(PROBLEM);
        Requests.events("text/csv", "a,b").statusCode(415).contentType(PROBLEM);
    }

    @Test
    void takes_a_body_without_a_content_type_for_json_or_refuses_it_but_does_not_fail() {
        assertThat(RawHttp.post("/pipelines/payments/events", "", Payments.json("untyped")))
                .startsWith("HTTP/1.1 202");
        assertThat(raw.ids()).containsExactly("untyped");
    }

    @Test
    void suggests_the_pipeline_that_was_meant() {
        Requests.of(JSON)
                .body(bytes("{}"))
                .post("/pipelines/paymants/events")
                .then()
                .statusCode(404)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/unknown-pipeline"))
                .body("detail", allOf(containsString("'paymants'"), containsString("Did you mean 'payments'?")));
    }

    @Test
    void answers_a_large_body_for_an_unknown_pipeline() {
        assertThat(Requests.chunked("/pipelines/nowhere/events", JSON, new byte[20_000_000])
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void answers_wrong_methods_and_paths_with_problem_details() {
        RestAssured.get("/pipelines/payments/events").then().statusCode(405).contentType(PROBLEM);
        RestAssured.get("/nowhere").then().statusCode(404);
    }

    @Test
    void rejects_a_record_that_is_too_large_and_keeps_its_beginning() {
        String large = Payments.with("large", "\"note\":\"" + "x".repeat(1_100_000) + "\"");

        Requests.events(JSON, large).statusCode(400).body("violations[0].expected", containsString("at most"));

        Rejection rejection = rejected.rejection();
        assertThat(rejection.reason().code()).isEqualTo("too_large");
        assertThat(large).startsWith(new String(rejection.original(), StandardCharsets.UTF_8));
    }

    @Test
    void takes_a_record_that_is_nearly_too_large() {
        String large = Payments.with("nearly", "\"note\":\"" + "x".repeat(1_000_000) + "\"");

        Requests.events(JSON, large).statusCode(202);

        assertThat(raw.ids()).containsExactly("nearly");
    }

    @Test
    void rejects_a_record_whose_key_alone_makes_it_too_large() {
        String large = Payments.json("long-key").replace("c-1", "k".repeat(900_000));

        Requests.events(JSON, large).statusCode(400);

        assertThat(rejected.rejection().reason().code()).isEqualTo("too_large");
    }

    @Test
    void takes_many_mistakes_in_one_request() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write('[');
        for (int i = 0; i < 20_000; i++) {
            body.writeBytes(bytes(i == 0 ? "{}" : ",{}"));
        }
        body.write(']');

        Requests.events(JSON, body.toByteArray()).statusCode(400).body("violations", hasSize(100));

        assertThat(rejected.read()).hasSize(20_000);
    }
}
