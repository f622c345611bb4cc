package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.CheckListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordTransformTest {
    private static final String PIPELINE = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: order_id
                time: at
                fields:
                  order_id: { type: string }
                  at:       { type: timestamp, required: true }
                  amount:   { type: decimal, required: true }
              quality:
                - { name: positive, check: "amount > 0", otherwise: reject }
              sinks:
                - postgres: { fact: { table: fact_order } }
            """;
    private static final String GOOD = "{\"at\":\"2026-07-01T10:00:00Z\",\"amount\":1}";

    private final List<String> checked = new ArrayList<>();

    @Test
    void a_good_record_is_clean_and_its_checks_are_told() {
        Verdict verdict = judge(GOOD, Optional.of("o1"), (check, passed) -> checked.add(check + " " + passed));

        assertThat(new String(pipeline().cleanWriter().write(((Verdict.Clean) verdict).row()), StandardCharsets.UTF_8))
                .isEqualTo("{\"order_id\":\"o1\",\"at\":\"2026-07-01T10:00:00Z\",\"amount\":1}");
        assertThat(checked).containsExactly("positive true");
    }

    @Test
    void a_record_without_a_usable_id_is_malformed() {
        assertThat(refused(GOOD, Optional.empty()).message()).contains("ce_id").contains("none");
        assertThat(refused(GOOD, Optional.of("")).reason()).isEqualTo(RejectionReason.MALFORMED);
        assertThat(refused(GOOD, Optional.of("a\0b")).reason()).isEqualTo(RejectionReason.MALFORMED);
    }

    @Test
    void every_mistake_of_a_record_is_named() {
        Verdict.Refused refused = refused("{\"amount\":\"much\"}", Optional.of("o1"));

        assertThat(refused.violations()).extracting(Violation::field).containsExactlyInAnyOrder("at", "amount");
        assertThat(refused.message()).contains("at").contains("amount").contains("much");
    }

    @Test
    void a_failure_that_nobody_foresaw_is_a_verdict_too() {
        Verdict verdict = judge(GOOD, Optional.of("o1"), (check, passed) -> {
            throw new IllegalStateException("unforeseen");
        });

        assertThat(((Verdict.Refused) verdict).reason()).isEqualTo(RejectionReason.INTERNAL_ERROR);
        assertThat(((Verdict.Refused) verdict).message()).contains("unforeseen");
    }

    @Test
    void json_that_is_nested_without_end_is_refused() {
        assertThat(refused("{\"at\":" + "[".repeat(100_000), Optional.of("o1")).reason())
                .isEqualTo(RejectionReason.MALFORMED);
    }

    private static Verdict.Refused refused(String json, Optional<String> id) {
        return (Verdict.Refused) judge(json, id, (check, passed) -> {});
    }

    private static Verdict judge(String json, Optional<String> id, CheckListener checks) {
        return new RecordTransform(pipeline(), pipeline().transform(), checks)
                .judge(json.getBytes(StandardCharsets.UTF_8), id);
    }

    private static Pipeline pipeline() {
        try {
            return Pipeline.of(DeclarationReader.read("orders.yaml", PIPELINE));
        } catch (InvalidDeclarationException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
