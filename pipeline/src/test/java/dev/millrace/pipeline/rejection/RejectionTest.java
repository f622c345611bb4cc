package dev.millrace.pipeline.rejection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.topic.Stage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RejectionTest {
    private static final Violation VIOLATION =
            new Violation("amount", Violation.Kind.WRONG_TYPE, "a decimal number such as 12.50", "the text 'x'");

    @Test
    void is_json_that_a_person_can_read() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(rejection("{\"amount\": \"x\"}".getBytes(UTF_8), Map.of("ce_id", "a-1".getBytes(UTF_8)))
                        .toJson());

        assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                {"pipeline": "orders", "stage": "transform", "reason": "wrong_type", "message": "amount is no number",
                 "violations": [{"field": "amount", "kind": "wrong_type", "expected": "a decimal number such as 12.50",
                                 "actual": "the text 'x'"}],
                 "event_id": "a-1", "source": "orders.csv:7", "rejected_at": "2026-03-31T08:15:00Z",
                 "original": "{\\"amount\\": \\"x\\"}", "headers": {"ce_id": "a-1"}}
                """));
    }

    @Test
    void gives_back_any_bytes_and_headers() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] original = new byte[random.nextInt(200)];
            random.nextBytes(original);
            Map<String, byte[]> headers = new LinkedHashMap<>();
            headers.put("binary", original.clone());
            headers.put("text", "é😀\"\n".getBytes(UTF_8));
            headers.put("empty", new byte[0]);
            headers.put("absent", null);
            Rejection rejection = rejection(original, headers);

            Rejection back = Rejection.fromJson(rejection.toJson());

            assertThat(back).usingRecursiveComparison().isEqualTo(rejection);
        }
    }

    @Test
    void takes_a_record_without_a_value_as_an_empty_one() {
        assertThat(Rejection.fromJson(rejection(null, Map.of()).toJson()).original())
                .isEmpty();
    }

    @Test
    void can_be_written_whatever_its_words_quote() {
        Rejection rejection = new Rejection(
                "orders",
                Stage.INGEST,
                RejectionReason.MALFORMED,
                "unexpected \uD800 and \0",
                List.of(new Violation("", Violation.Kind.MALFORMED, "JSON", "\uDC00")),
                "\uD83D",
                "file\0",
                Instant.EPOCH,
                new byte[0],
                Map.of());

        Rejection back = Rejection.fromJson(rejection.toJson());

        assertThat(back.message()).isEqualTo("unexpected \uFFFD and \uFFFD");
        assertThat(back.violations().get(0).actual()).isEqualTo("\uFFFD");
    }

    @Test
    void is_never_much_longer_than_twice_its_record() {
        for (String hostile : List.of("\0", "\"", "\\", "\n", "\u0001", "\u007f", "\u2028", "é", "😀", "\uFFFF")) {
            byte[] original = hostile.repeat(100_000).getBytes(UTF_8);

            assertThat(rejection(original, Map.of()).toJson().length).isLessThan(2 * original.length + 1_000);
        }
    }

    @Test
    void refuses_what_is_no_rejection() {
        for (String json : List.of("", "{}", "[]", "null", "{\"stage\": \"nowhere\"}", "{\"stage\": \"ingest\"}")) {
            assertThatThrownBy(() -> Rejection.fromJson(json.getBytes(UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a rejection");
        }
    }

    @Test
    void that_a_record_can_not_be_read_outweighs_the_other_reasons() {
        Violation missing = new Violation("id", Violation.Kind.MISSING, "text", "");

        assertThat(RejectionReason.of(List.of(missing, VIOLATION))).isEqualTo(RejectionReason.MISSING_FIELD);
        assertThat(RejectionReason.of(List.of(VIOLATION, missing))).isEqualTo(RejectionReason.WRONG_TYPE);
        assertThat(RejectionReason.of(List.of(VIOLATION, Violation.malformed("JSON", ""))))
                .isEqualTo(RejectionReason.MALFORMED);
    }

    private static Rejection rejection(byte[] original, Map<String, byte[]> headers) {
        return new Rejection(
                "orders",
                Stage.TRANSFORM,
                RejectionReason.WRONG_TYPE,
                "amount is no number",
                List.of(VIOLATION),
                "a-1",
                "orders.csv:7",
                Instant.parse("2026-03-31T08:15:00Z"),
                original,
                headers);
    }
}
