package dev.millrace.training.register;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatesTest {
    private static final Map<String, Double> NEW = Map.of("average_precision", 0.7, "expected_cost", 0.5);

    @Test
    void a_version_that_is_better_than_the_champion_passes() {
        Gates gates = new Gates(Map.of("average_precision", ">= champion"));

        assertThat(gates.judge(NEW, Optional.of(Map.of("average_precision", 0.6)))
                        .open())
                .isTrue();
        assertThat(gates.judge(NEW, Optional.of(Map.of("average_precision", 0.8)))
                        .open())
                .isFalse();
    }

    @Test
    void every_gate_has_to_hold() {
        Gates gates = new Gates(Map.of("average_precision", "≥ 0.6", "expected_cost", "<= 0.4"));

        assertThat(gates.judge(NEW, Optional.empty()).open()).isFalse();
    }

    @Test
    void the_first_version_is_better_than_none() {
        Gates.Verdict verdict = new Gates(Map.of("average_precision", ">= champion")).judge(NEW, Optional.empty());

        assertThat(verdict.open()).isTrue();
        assertThat(verdict.findings())
                .containsExactly("average_precision 0.7000, wanted >= champion (there is none): passed");
    }

    @Test
    void without_gates_nobody_becomes_champion() {
        assertThat(new Gates(Map.of()).judge(NEW, Optional.empty()).open()).isFalse();
    }
}
