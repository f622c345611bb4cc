package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.inference.Runner;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A version of a model, loaded. It stays loaded while an alias stands for it, and after that for as long as anybody asked
 * for it within {@code millrace.models.linger} or is scoring with it; so whoever keeps it no longer than a request may
 * simply use it. Thread-safe.
 */
public final class Model {
    private static final int CLOSED = Integer.MIN_VALUE / 2;

    private final ModelDescription description;
    private final OnnxScorer scorer;
    /** How many are scoring with it now; far below zero once it was closed. */
    private final AtomicInteger holders = new AtomicInteger();

    private volatile long wantedAt = System.nanoTime();

    Model(ModelDescription description, OnnxScorer scorer) {
        this.description = description;
        this.scorer = scorer;
    }

    /** What is known of it. */
    public ModelDescription description() {
        return description;
    }

    /** Its ONNX Runtime session. */
    public OnnxScorer scorer() {
        return scorer;
    }

    /**
     * Keeps it loaded until the answer is closed: for whoever needs it for longer than a request takes.
     *
     * @throws OrtException if it was closed already
     */
    public Hold hold() throws OrtException {
        if (holders.incrementAndGet() < 0) {
            holders.decrementAndGet();
            throw new OrtException("version " + description.version() + " of model " + description.name()
                    + " was unloaded, because nobody had asked for it for a while");
        }
        return holders::decrementAndGet;
    }

    /** A model that stays loaded. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Scores rows of features. A row that the model fails on, such as one with a category that it was not made for, is
     * NaN; the other rows have their scores all the same.
     *
     * @param values rows × features, row after row
     * @param rows how many rows
     * @throws OrtException if the model fails on its own reference values as well, so that no row is to blame
     */
    public double[] score(float[] values, int rows) throws OrtException {
        return score(values, rows, Runner.DIRECT);
    }

    /** The same, with the model run in that way. */
    public double[] score(float[] values, int rows, Runner runner) throws OrtException {
        try (Hold hold = hold()) {
            return scoreHeld(values, rows, runner);
        }
    }

    private double[] scoreHeld(float[] values, int rows, Runner runner) throws OrtException {
        try {
            return scorer.score(values, rows, runner);
        } catch (OrtException onSomeRow) {
            scorer.score(references(), 1);
            return scoreOneByOne(values, rows);
        }
    }

    /** The reference value of each feature. */
    float[] references() {
        float[] references = new float[description.features().size()];
        for (int i = 0; i < references.length; i++) {
            references[i] = description.features().get(i).reference();
        }
        return references;
    }

    /** Somebody asked for it, or an alias stands for it. */
    void wanted() {
        wantedAt = System.nanoTime();
    }

    /** For how long nobody asked for it and no alias stood for it. */
    long unwantedNanos() {
        return System.nanoTime() - wantedAt;
    }

    /** Frees its native memory if nobody holds it; tells whether it did. */
    boolean close() throws OrtException {
        if (!holders.compareAndSet(0, CLOSED)) {
            return false;
        }
        scorer.close();
        return true;
    }

    private double[] scoreOneByOne(float[] values, int rows) {
        int width = scorer.features();
        double[] scores = new double[rows];
        for (int row = 0; row < rows; row++) {
            try {
                scores[row] = scorer.score(Arrays.copyOfRange(values, row * width, (row + 1) * width), 1)[0];
            } catch (OrtException onThisRow) {
                scores[row] = Double.NaN;
            }
        }
        return scores;
    }
}
