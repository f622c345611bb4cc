package dev.millrace.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers were worked out by hand. */
class EvaluationTest {
    @Test
    void a_perfect_ranking_has_ones() {
        Map<String, Double> metrics = Evaluation.of(samples(true, true, false, false), scores(0.9, 0.8, 0.2, 0.1), 0.5);

        assertThat(metrics)
                .containsEntry("auc_roc", 1.0)
                .containsEntry("average_precision", 1.0)
                .containsEntry("precision_at_threshold", 1.0)
                .containsEntry("recall_at_threshold", 1.0);
    }

    @Test
    void a_ranking_with_one_mistake_has_the_values_of_the_textbook() {
        Map<String, Double> metrics =
                Evaluation.of(samples(true, false, true, false), scores(0.9, 0.8, 0.7, 0.1), 0.75);

        assertThat(metrics.get("auc_roc")).isEqualTo(0.75, within(1e-4));
        assertThat(metrics.get("average_precision")).isEqualTo((1 + 2.0 / 3) / 2, within(1e-4));
        assertThat(metrics.get("precision_at_threshold")).isEqualTo(0.5);
        assertThat(metrics.get("recall_at_threshold")).isEqualTo(0.5);
    }

    @Test
    void equal_scores_tell_nothing() {
        Map<String, Double> metrics =
                Evaluation.of(samples(true, false, false, false), scores(0.5, 0.5, 0.5, 0.5), 0.9);

        assertThat(metrics.get("auc_roc")).isEqualTo(0.5);
        assertThat(metrics.get("average_precision")).isEqualTo(0.25);
        assertThat(metrics.get("precision_at_threshold")).isZero();
    }

    @Test
    void the_best_threshold_is_the_least_score_that_is_called_a_fraud() {
        double threshold = Evaluation.bestThreshold(samples(true, true, false, false), scores(0.9, 0.8, 0.2, 0.1));

        assertThat(threshold).isEqualTo(0.8);
    }

    @Test
    void thresholds_of_trees_are_rounded_down_to_floats() {
        double justBelowAFloat = Math.nextDown((double) 0.3f);

        assertThat((double) OnnxTrees.floatAtMost(justBelowAFloat)).isLessThanOrEqualTo(justBelowAFloat);
        assertThat(OnnxTrees.floatAtMost(0.25)).isEqualTo(0.25f);
    }

    private static Samples samples(boolean... frauds) {
        Samples samples = new Samples(1);
        for (int i = 0; i < frauds.length; i++) {
            samples.add(new float[] {i}, frauds[i], 0, i);
        }
        return samples;
    }

    private static double[] scores(double... scores) {
        return scores;
    }
}
