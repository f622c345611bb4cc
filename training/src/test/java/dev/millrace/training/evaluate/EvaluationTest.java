package dev.millrace.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.training.learn.Calibration;
import dev.millrace.training.learn.Isotonic;
import dev.millrace.training.learn.Margin;
import dev.millrace.training.learn.Platt;
import dev.millrace.training.onnx.OnnxModel;
import dev.millrace.training.sample.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The numbers were worked out by hand. */
class EvaluationTest {
    @Test
    void a_perfect_ranking_has_ones() {
        Map<String, Double> metrics =
                Evaluation.of(samples(true, true, false, false), scores(0.9, 0.8, 0.2, 0.1), new Decision(0.5, 1));

        assertThat(metrics)
                .containsEntry("auc_roc", 1.0)
                .containsEntry("average_precision", 1.0)
                .containsEntry("precision_at_threshold", 1.0)
                .containsEntry("recall_at_threshold", 1.0);
    }

    @Test
    void a_ranking_with_one_mistake_has_the_values_of_the_textbook() {
        Map<String, Double> metrics =
                Evaluation.of(samples(true, false, true, false), scores(0.9, 0.8, 0.7, 0.1), new Decision(0.75, 1));

        assertThat(metrics.get("auc_roc")).isEqualTo(0.75, within(1e-4));
        assertThat(metrics.get("average_precision")).isEqualTo((1 + 2.0 / 3) / 2, within(1e-4));
        assertThat(metrics.get("precision_at_threshold")).isEqualTo(0.5);
        assertThat(metrics.get("recall_at_threshold")).isEqualTo(0.5);
    }

    @Test
    void equal_scores_tell_nothing() {
        Map<String, Double> metrics =
                Evaluation.of(samples(true, false, false, false), scores(0.5, 0.5, 0.5, 0.5), new Decision(0.9, 1));

        assertThat(metrics.get("auc_roc")).isEqualTo(0.5);
        assertThat(metrics.get("average_precision")).isEqualTo(0.25);
        assertThat(metrics.get("precision_at_threshold")).isZero();
    }

    @Test
    void a_card_that_was_found_is_not_looked_at_again() {
        Samples samples = new Samples(List.of("x"));
        samples.add(new float[] {0}, true, 1, "found", 1);
        samples.add(new float[] {0}, false, 1, "other", 1);
        samples.add(new float[] {0}, true, 2, "found", 1);
        samples.add(new float[] {0}, true, 2, "late", 1);

        // The first day one of one card looked at is compromised; the second day the best card left is another.
        assertThat(Evaluation.cardPrecision(samples, scores(0.9, 0.8, 0.9, 0.1), 1))
                .isEqualTo(1.0);
        assertThat(Evaluation.cardPrecision(samples, scores(0.9, 0.8, 0.9, 0.1), 2))
                .isEqualTo(0.5);
    }

    @Test
    void the_threshold_is_where_alarms_and_losses_cost_least() {
        Samples samples = new Samples(List.of("x"));
        samples.add(new float[] {0}, true, 0, "a", 100);
        samples.add(new float[] {0}, false, 0, "b", 100);
        samples.add(new float[] {0}, true, 0, "c", 3);

        Decision decision = Decision.cheapest(samples, scores(0.9, 0.5, 0.4), 5);

        assertThat(decision.threshold()).isEqualTo(0.9);
        assertThat(decision.cost(samples, scores(0.9, 0.5, 0.4))).isEqualTo((5 + 3) / 3.0, within(1e-9));
    }

    @Test
    void those_known_to_be_compromised_are_left_out_of_the_test() {
        Samples samples = new Samples(List.of("x"));
        samples.add(new float[] {0}, true, 6, "in training", 1);
        samples.add(new float[] {0}, true, 8, "in the gap", 1);
        samples.add(new float[] {0}, false, 14, "in training", 1);
        samples.add(new float[] {0}, false, 14, "in the gap", 1);
        samples.add(new float[] {0}, false, 14, "unknown", 1);
        samples.add(new float[] {0}, false, 16, "in the gap", 1);

        Samples test = Split.testing(14, 7, 7, 7).test(samples);

        // The label of day 8 is known from day 16 on: seven days late, and one to act.
        assertThat(test.size()).isEqualTo(2);
        assertThat(test.day(0)).isEqualTo(14);
        assertThat(test.day(1)).isEqualTo(14);
    }

    @Test
    void calibrated_scores_are_shares() {
        Random random = new Random(7);
        double[] margins = new double[20_000];
        boolean[] positives = new boolean[margins.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = random.nextGaussian();
            positives[i] = random.nextDouble() < 1 / (1 + Math.exp(-(2 * margins[i] - 3)));
        }

        Platt calibration = Platt.fit(margins, positives);

        assertThat(calibration.slope()).isEqualTo(2, within(0.1));
        assertThat(calibration.offset()).isEqualTo(-3, within(0.1));
        assertThat(Arrays.stream(calibration.scores(margins)).sum())
                .isEqualTo(count(positives), within(count(positives) * 0.01));
    }

    @Test
    void a_rising_curve_follows_shares_that_no_logistic_function_has() throws OrtException {
        Random random = new Random(7);
        double[] margins = new double[40_000];
        boolean[] positives = new boolean[margins.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = -4 + 8 * random.nextDouble();
            // A step and a plateau.
            positives[i] = random.nextDouble() < (margins[i] < -1 ? 0.02 : margins[i] < 2 ? 0.3 : 0.9);
        }

        Calibration calibration = Isotonic.fit(margins, positives);

        assertThat(calibration).isInstanceOf(Isotonic.class);
        double[] scores = calibration.scores(scores(-9, -1.5, -0.5, 1.5, 2.5, 9));
        assertThat(scores).containsExactly(new double[] {0.02, 0.02, 0.3, 0.3, 0.9, 0.9}, within(0.05));
        double[] all = calibration.scores(margins);
        assertThat(Arrays.stream(all).sum()).isEqualTo(count(positives), within(count(positives) * 0.02));

        // Its file says the same of a margin that is the feature.
        byte[] onnx = OnnxModel.write(new Margin.Linear(new double[] {0}, new double[] {1}, 0), calibration, 1);
        float[] rows = new float[margins.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) margins[i];
        }
        try (OnnxScorer scorer = OnnxScorer.load(onnx, 1)) {
            assertThat(scorer.score(rows, rows.length)).containsExactly(all, within(1e-5));
        }
    }

    private static double count(boolean[] positives) {
        int count = 0;
        for (boolean positive : positives) {
            count += positive ? 1 : 0;
        }
        return count;
    }

    private static Samples samples(boolean... positives) {
        Samples samples = new Samples(List.of("x"));
        for (int i = 0; i < positives.length; i++) {
            samples.add(new float[] {i}, positives[i], 0, Integer.toString(i), 1);
        }
        return samples;
    }

    private static double[] scores(double... scores) {
        return scores;
    }
}
