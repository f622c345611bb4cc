package dev.millrace.training.learn;

/** A model as its library holds it. Confined to one thread; holds native memory until it is closed. */
public interface Learned extends AutoCloseable {
    /**
     * The logarithm of the odds of each row, as the library itself computes it.
     *
     * @param values rows × features, row after row, nothing missing
     * @param rows how many
     */
    double[] margins(float[] values, int rows);

    /** The same as data. */
    Margin margin();

    @Override
    void close();
}
