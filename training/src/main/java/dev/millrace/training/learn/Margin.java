package dev.millrace.training.learn;

import java.util.List;

/** How a model makes the logarithm of the odds of a row's features, before calibration. Immutable by agreement. */
public sealed interface Margin {
    /**
     * A sum of trees.
     *
     * @param trees the trees
     * @param scale what the sum is multiplied with: one over their number for the mean
     */
    record Trees(List<Tree> trees, double scale) implements Margin {}

    /**
     * A weighted sum.
     *
     * @param offsets what is taken from each feature first
     * @param weights what it is then multiplied with
     * @param bias what is added
     */
    record Linear(double[] offsets, double[] weights, double bias) implements Margin {}
}
