package dev.millrace.training.learn;

import dev.millrace.training.sample.Samples;
import java.util.List;

/**
 * Platt's: the logistic function of a line over the margin. It keeps the order of scores.
 *
 * @param slope the line's slope, above 0
 * @param offset its value at a margin of 0
 */
public record Platt(double slope, double offset) implements Calibration {
    /** The margin is the logarithm of the odds already. */
    public static final Platt NONE = new Platt(1, 0);

    private static final double HARDLY_PUNISHED = 1_000;

    /** Fitted to margins of rows that nothing was learned from; none where the margins tell nothing. */
    public static Platt fit(double[] margins, boolean[] positives) {
        Samples samples = new Samples(List.of("margin"));
        for (int row = 0; row < margins.length; row++) {
            samples.add(new float[] {(float) margins[row]}, positives[row], 0, "", 1);
        }
        if (samples.positives() == 0 || samples.positives() == samples.size()) {
            return NONE;
        }
        try (Learned line = new LinearCandidate(HARDLY_PUNISHED).learn(samples, 0)) {
            Margin.Linear linear = (Margin.Linear) line.margin();
            double slope = linear.weights()[0];
            return slope > 0 ? new Platt(slope, linear.bias() - slope * linear.offsets()[0]) : NONE;
        }
    }

    @Override
    public double[] scores(double[] margins) {
        double[] scores = new double[margins.length];
        for (int row = 0; row < scores.length; row++) {
            scores[row] = 1 / (1 + Math.exp(-(slope * margins[row] + offset)));
        }
        return scores;
    }
}
