package dev.millrace.model.reason;

/**
 * Exact Shapley values of a weighted sum: each weight times how far its feature is from the mean. Immutable and
 * thread-safe.
 */
final class Weights implements Explainer {
    private final double[] weights;
    private final double[] means;
    private final double base;
    private final Link link;

    /**
     * @param weights a feature's weight in the sum
     * @param means what each feature is compared with
     * @param bias what the sum is where every feature is zero
     * @param link what is made of the sum
     */
    Weights(double[] weights, double[] means, double bias, Link link) {
        this.weights = weights;
        this.means = means;
        this.link = link;
        double sum = bias;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * means[i];
        }
        this.base = link.of(sum);
    }

    @Override
    public String method() {
        return "linear";
    }

    @Override
    public boolean isLogOdds() {
        return link.sigmoid();
    }

    @Override
    public double base() {
        return base;
    }

    @Override
    public double[] effects(float[] values, int index) {
        double[] effects = new double[weights.length];
        for (int i = 0; i < effects.length; i++) {
            effects[i] = link.slope() * weights[i] * (values[index + i] - means[i]);
        }
        return effects;
    }
}
