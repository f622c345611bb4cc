package dev.millrace.model.reason;

/**
 * Tells of each feature what it adds to a score. What all of them add to the {@link #base} is the model's raw score of the
 * row: of a model whose last step is a sigmoid, the logarithm of the odds. Immutable and thread-safe.
 */
public interface Explainer {
    /** How it does so, as answers name it. */
    String method();

    /** Whether the raw score is the logarithm of the odds, and not the score itself. */
    boolean isLogOdds();

    /** The raw score of which nothing of the row is known. */
    double base();

    /**
     * What each feature adds.
     *
     * @param values the row's features, in their order, from that index on
     */
    double[] effects(float[] values, int index);

    /** The score of a raw score. */
    default double score(double raw) {
        return isLogOdds() ? 1 / (1 + Math.exp(-raw)) : raw;
    }
}
