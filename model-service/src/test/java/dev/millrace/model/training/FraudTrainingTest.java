package dev.millrace.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.CardFraud;
import dev.millrace.model.feature.Feature;
import dev.millrace.pipeline.Pipeline;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FraudTrainingTest {
    private static final Pipeline PIPELINE = CardFraud.pipeline("card-fraud");
    private static final FraudTraining TRAINING = new FraudTraining(3, 1_000, 2_000, 14);
    private static FraudTraining.Result result;

    @BeforeAll
    static void train() throws Exception {
        result = TRAINING.run(PIPELINE, "1", Instant.EPOCH);
    }

    @Test
    void the_onnx_model_scores_as_the_trainer_does() {
        assertThat(result.largestDifference()).isLessThan(1e-5);
    }

    @Test
    void the_model_ranks_frauds_far_better_than_chance() {
        // Chance ranks with an average precision of the share of frauds, here 0.0084, and an area under the curve of a
        // half.
        assertThat(result.description().metrics().get("average_precision")).isGreaterThan(5 * 0.0084);
        assertThat(result.description().metrics().get("auc_roc")).isGreaterThan(0.55);
    }

    @Test
    void the_same_training_gives_the_same_model() throws Exception {
        FraudTraining small = new FraudTraining(5, 200, 400, 7);

        FraudTraining.Result first = small.run(PIPELINE, "1", Instant.EPOCH);
        FraudTraining.Result second = small.run(PIPELINE, "1", Instant.EPOCH);

        assertThat(second.onnx()).isEqualTo(first.onnx());
        assertThat(second.description()).isEqualTo(first.description());
    }

    @Test
    void the_description_says_what_a_user_of_the_model_needs() {
        assertThat(result.description().featureNames()).isEqualTo(FraudTraining.FEATURES);
        assertThat(result.description().features()).contains(new Feature("is_weekend", 0));
        assertThat(result.description().threshold()).isBetween(0.0, 1.0);
        assertThat(result.description().trainedOn()).contains("simulated transactions", "seed 3");
        assertThat(result.description().metrics().keySet())
                .isEqualTo(java.util.Set.copyOf(List.of(
                        "auc_roc",
                        "average_precision",
                        "card_precision_at_100",
                        "precision_at_threshold",
                        "recall_at_threshold")));
    }
}
