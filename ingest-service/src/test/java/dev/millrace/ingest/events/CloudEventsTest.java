package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.CLOUD_EVENT;
import static dev.millrace.ingest.Requests.CLOUD_EVENTS;
import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static dev.millrace.ingest.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.event.EventHeaders;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CloudEventsTest {
    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        raw = Tail.raw("payments");
        rejected = Tail.rejected("payments");
    }

    @Test
    void takes_a_structured_event_with_its_attributes() {
        Requests.events(CLOUD_EVENT, envelope("ce-1", Payments.anonymous(5)))
                .statusCode(202)
                .body("accepted", equalTo(1));

        ConsumerRecord<String, byte[]> record = raw.read().get(0);
        assertThat(raw.values()).containsExactly(Payments.anonymous(5));
        assertThat(Tail.header(record, EventHeaders.ID)).isEqualTo("ce-1");
        assertThat(Tail.header(record, EventHeaders.SOURCE)).isEqualTo("/till/4");
        assertThat(Tail.header(record, EventHeaders.TYPE)).isEqualTo("shop.paid");
        assertThat(Tail.header(record, EventHeaders.TIME)).isEqualTo("2026-03-01T14:30:00Z");
    }

    @Test
    void keeps_each_event_s_own_trace() {
        String first = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        String second = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Requests.events(CLOUD_EVENTS, "[" + traced("t-1", first) + "," + traced("t-2", second) + "]")
                .statusCode(202);

        assertThat(raw.read())
                .extracting(record -> Tail.header(record, EventHeaders.TRACEPARENT))
                .containsExactly(first, second);
    }

    private static String traced(String id, String traceparent) {
        return envelope(id, Payments.anonymous(3))
                .replace("\"data\":", "\"traceparent\":\"" + traceparent + "\",\"data\":");
    }

    @Test
    void takes_a_batch() {
        Requests.events(
                        CLOUD_EVENTS,
                        "[" + envelope("b-1", Payments.anonymous(1)) + "," + envelope("b-2", Payments.anonymous(2))
                                + "]")
                .statusCode(202)
                .body("accepted", equalTo(2));

        assertThat(raw.ids()).containsExactly("b-1", "b-2");
    }

    @Test
    void takes_a_binary_event_with_its_attributes_in_headers() {
        Requests.of(JSON)
                .header("ce-specversion", "1.0")
                .header("ce-id", "bin-1")
                .header("ce-source", "/till/5")
                .header("ce-type", "shop.paid")
                .body(bytes(Payments.anonymous(7)))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(202);

        ConsumerRecord<String, byte[]> record = raw.read().get(0);
        assertThat(raw.values()).containsExactly(Payments.anonymous(7));
        assertThat(Tail.header(record, EventHeaders.ID)).isEqualTo("bin-1");
        assertThat(Tail.header(record, EventHeaders.SOURCE)).isEqualTo("/till/5");
        assertThat(Tail.header(record, EventHeaders.TYPE)).isEqualTo("shop.paid");
    }

    @Test
    void gives_the_elements_of_an_array_ids_of_their_own_whatever_the_headers_say() {
        Requests.of(JSON)
                .header("ce-id", "bin-2")
                .body(bytes("[" + Payments.anonymous(8) + "," + Payments.anonymous(9) + "]"))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(202);

        assertThat(raw.ids()).hasSize(2).doesNotHaveDuplicates().doesNotContain("bin-2");
    }

    @Test
    void prefers_the_event_s_own_id_to_the_envelope_s() {
        Requests.events(CLOUD_EVENT, envelope("outer", Payments.json("inner"))).statusCode(202);

        assertThat(raw.ids()).containsExactly("inner");
    }

    @Test
    void takes_data_in_base64() {
        String data = Base64.getEncoder().encodeToString(bytes(Payments.json("coded")));

        Requests.events(CLOUD_EVENT, envelope("x", "null").replace("\"data\":null", "\"data_base64\":\"" + data + "\""))
                .statusCode(202);

        assertThat(raw.values()).containsExactly(Payments.json("coded"));
    }

    @Test
    void keeps_the_data_byte_by_byte_whatever_numbers_and_escapes_it_holds() {
        String data =
                "{\"customer\":\"c\\u00e9\", \"at\":\"2026-03-01 14:30:00\",\"amount\":0.10,\"extra\":[1.0,1e400]}";

        Requests.events(CLOUD_EVENT, envelope("exact", data)).statusCode(202);

        assertThat(raw.values()).containsExactly(data);
    }

    @Test
    void rejects_data_that_is_not_as_declared_under_the_envelope_s_id() {
        Requests.events(CLOUD_EVENT, envelope("bad-data", "{\"customer\":\"c\",\"at\":\"yesterday\"}"))
                .statusCode(400)
                .contentType(PROBLEM)
                .body("violations.find { it.where == '/data/at' }.actual", equalTo("the text 'yesterday'"))
                .body("violations.find { it.where == '/data/amount' }.actual", equalTo("nothing"));

        assertThat(rejected.rejection().eventId()).isEqualTo("bad-data");
        assertThat(rejected.rejection().source()).isEqualTo("/till/4");
        assertThat(raw.read()).isEmpty();
    }

    @Test
    void rejects_half_a_surrogate_pair_in_data() {
        Requests.events(CLOUD_EVENT, envelope("half", Payments.with("half", "\"note\":\"\\ud800\"")))
                .statusCode(400)
                .body("violations[0].where", equalTo("/data/note"));

        assertThat(rejected.rejection().reason().code()).isEqualTo("wrong_type");
    }

    @Test
    void rejects_a_member_that_comes_twice_in_data() {
        Requests.events(CLOUD_EVENT, envelope("double", Payments.with("double", "\"amount\":13")))
                .statusCode(400)
                .body("violations[0].where", equalTo("/data/amount"));

        assertThat(rejected.rejection().reason().code()).isEqualTo("malformed");
    }

    @Test
    void rejects_an_event_without_data() {
        Requests.events(CLOUD_EVENT, envelope("empty", "1").replace(",\"data\":1", ""))
                .statusCode(400)
                .body("violations[0].where", equalTo("/data"));

        assertThat(rejected.rejection().eventId()).isEqualTo("empty");
    }

    @Test
    void refuses_a_batch_whole_whose_second_event_lacks_an_attribute() {
        String broken = envelope("b", Payments.json("b")).replace("\"type\":\"shop.paid\",", "");

        Requests.events(CLOUD_EVENTS, "[" + envelope("a", Payments.json("a")) + "," + broken + "]")
                .statusCode(400)
                .contentType(PROBLEM)
                .body("detail", containsString("/1/type"));

        assertThat(raw.read()).isEmpty();
    }

    @Test
    void refuses_another_version_and_base64_that_is_none() {
        Requests.events(
                        CLOUD_EVENT,
                        envelope("v", Payments.json("v")).replace("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\""))
                .statusCode(400)
                .body("detail", containsString("expected 1.0, got 0.3"));
        Requests.events(CLOUD_EVENT, envelope("x", "null").replace("\"data\":null", "\"data_base64\":\"%%%\""))
                .statusCode(400)
                .body("detail", containsString("data_base64"));

        assertThat(raw.read()).isEmpty();
    }

    private static String envelope(String id, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/till/4\",\"type\":\"shop.paid\",\"data\":"
                + data + "}";
    }
}
