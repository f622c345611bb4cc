package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.NDJSON;
import static dev.millrace.ingest.Requests.bytes;
import static dev.millrace.ingest.Requests.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.millrace.ingest.Machine;
import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.event.EventHeaders;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(value = Machine.class, scope = TestResourceScope.GLOBAL)
class AcceptsEventsTest {
    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        raw = Tail.raw("payments");
        rejected = Tail.rejected("payments");
    }

    @Test
    void takes_one_object_byte_by_byte_with_its_key_id_and_time() {
        String event =
                "{ \"payment_id\": \"one\",\"customer\":\"Zoë\", \"at\":\"2026-03-01 14:30:00\",\"amount\": 0.10, \"x\": 1e3}";
        long before = System.currentTimeMillis();

        Requests.events(JSON, event)
                .statusCode(202)
                .body("pipeline", equalTo("payments"))
                .body("accepted", equalTo(1))
                .body("refused", equalTo(0))
                .body("violations", hasSize(0));

        ConsumerRecord<String, byte[]> record = raw.read().get(0);
        assertThat(raw.values()).containsExactly(event);
        assertThat(record.key()).isEqualTo("Zoë");
        assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(Tail.header(record, EventHeaders.ID)).isEqualTo("one");
        assertThat(Tail.header(record, EventHeaders.TIME)).isEqualTo("2026-03-01T14:30:00Z");
        assertThat(Tail.header(record, EventHeaders.TYPE)).isEqualTo("millrace.payments");
        assertThat(Tail.header(record, EventHeaders.SOURCE)).isEqualTo("/pipelines/payments/events");
        assertThat(Tail.header(record, EventHeaders.SPEC_VERSION)).isEqualTo("1.0");
        assertThat(Tail.header(record, EventHeaders.CONTENT_TYPE)).isEqualTo("application/json");
    }

    @Test
    void takes_an_array() {
        Requests.events(JSON, "[" + Payments.json("a1") + " ,\n" + Payments.json("a2") + "]")
                .statusCode(202)
                .body("accepted", equalTo(2));

        assertThat(raw.values()).containsExactly(Payments.json("a1"), Payments.json("a2"));
    }

    @Test
    void takes_lines_whatever_ends_them_and_passes_over_blank_ones() {
        Requests.events(NDJSON, Payments.json("l1") + "\r\n\n  \n" + Payments.json("l2") + "\n" + Payments.json("l3"))
                .statusCode(202)
                .body("accepted", equalTo(3));

        assertThat(raw.values()).containsExactly(Payments.json("l1"), Payments.json("l2"), Payments.json("l3"));
    }

    @Test
    void takes_a_body_that_is_zipped() {
        Requests.awaitPipeline("payments");
        Requests.of(JSON)
                .header("Content-Encoding", "GZIP")
                .body(gzip(bytes(Payments.json("zipped"))))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(202);

        assertThat(raw.values()).containsExactly(Payments.json("zipped"));
    }

    @Test
    void takes_a_body_with_a_byte_order_mark() {
        Requests.events(JSON, "\uFEFF" + Payments.json("bom")).statusCode(202);
        Requests.events(NDJSON, "\uFEFF" + Payments.json("bom-line")).statusCode(202);

        assertThat(raw.values()).containsExactly(Payments.json("bom"), Payments.json("bom-line"));
    }

    @Test
    void takes_a_chunked_body() {
        assertThat(Requests.chunked("/pipelines/payments/events", JSON, bytes(Payments.json("chunked")))
                        .statusCode())
                .isEqualTo(202);

        assertThat(raw.ids()).containsExactly("chunked");
    }

    @Test
    void takes_nothing_from_an_empty_array_or_no_lines() {
        Requests.events(JSON, "[]").statusCode(202).body("accepted", equalTo(0));
        Requests.events(NDJSON, "\n\n").statusCode(202).body("accepted", equalTo(0));

        assertThat(raw.read()).isEmpty();
        assertThat(rejected.read()).isEmpty();
    }

    @Test
    void keeps_the_trace_of_a_request() {
        String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        Requests.of(JSON)
                .header("traceparent", traceparent)
                .body(bytes(Payments.json("traced")))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(202);

        assertThat(Tail.header(raw.read().get(0), EventHeaders.TRACEPARENT)).isEqualTo(traceparent);
    }

    @Test
    void keeps_the_order_of_a_key() {
        String lines =
                IntStream.range(0, 1000).mapToObj(i -> Payments.json("o" + i)).collect(Collectors.joining("\n"));

        Requests.events(NDJSON, lines).statusCode(202).body("accepted", equalTo(1000));

        assertThat(raw.ids())
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(i -> "o" + i).toList());
    }

    @Test
    void hands_on_both_of_two_events_with_one_id_for_the_warehouse_to_tell_apart() {
        Requests.events(JSON, "[" + Payments.json("twin") + "," + Payments.with("twin", "\"note\":\"other\"") + "]")
                .statusCode(202)
                .body("accepted", equalTo(2));

        assertThat(raw.ids()).containsExactly("twin", "twin");
    }

    @Test
    void gives_events_without_an_id_the_same_ids_when_the_same_body_comes_again() {
        String body = "[" + Payments.anonymous(1) + "," + Payments.anonymous(1) + "]";

        Requests.events(JSON, body).statusCode(202);
        Requests.events(JSON, body).statusCode(202);
        Requests.events(JSON, body.replace(":1}", ":2}")).statusCode(202);

        List<String> ids = raw.ids();
        assertThat(ids.subList(2, 4)).isEqualTo(ids.subList(0, 2));
        assertThat(ids.stream().distinct()).hasSize(4);
    }

    @Test
    void takes_the_idempotency_key_for_the_body_in_ids() {
        for (String key : List.of("order-7", "order-7", "order-8")) {
            Requests.of(JSON)
                    .header("Idempotency-Key", key)
                    .body(bytes(Payments.anonymous(1)))
                    .post("/pipelines/payments/events")
                    .then()
                    .statusCode(202);
        }

        List<String> ids = raw.ids();
        assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
    }
}
