package dev.millrace.training.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.declaration.ModelKind;
import dev.millrace.training.learn.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    @Test
    void only_the_kinds_that_are_declared_are_tried() {
        for (boolean quick : new boolean[] {false, true}) {
            assertThat(Candidates.of(List.of(ModelKind.BOOSTED_TREES, ModelKind.LOGISTIC_REGRESSION), quick))
                    .extracting(Candidate::kind)
                    .containsOnly("boosted_trees", "logistic_regression");
        }
    }

    @Test
    void all_kinds_that_can_be_declared_are_there() {
        for (ModelKind kind : ModelKind.values()) {
            assertThat(Candidates.of(List.of(kind), false)).as(kind.name()).isNotEmpty();
            assertThat(Candidates.of(List.of(kind), true)).as(kind.name()).hasSize(1);
        }
        assertThat(Candidates.of(List.of(), false)).hasSize(6);
    }
}
