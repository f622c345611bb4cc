package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.inference.Runner;
import dev.millrace.pipeline.Pipeline;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A version of a model, loaded. It stays loaded while an alias stands for it, and after that for as long as anybody asked
 * for it within {@code millrace.models.linger} or is scoring with it; so whoever keeps it no longer than a request may
 * simply use it. Thread-safe.
 */
public final class Model {
    private static final int CLOSED = Integer.MIN_VALUE / 2;

    private final ModelDescription description;
    private final ModelKind kind;
    private final Loaded loaded;
    /** How many are scoring with it now; far below zero once it was closed. */
    private final AtomicInteger holders = new AtomicInteger();

    private volatile long wantedAt = System.nanoTime();

    Model(ModelDescription description, ModelKind kind, Loaded loaded) {
        this.description = description;
        this.kind = kind;
        this.loaded = loaded;
    }

    /** What is known of it. */
    public ModelDescription description() {
        return description;
    }

    /** Its graph. */
    public OnnxModel graph() {
        return loaded.model();
    }

    /**
     * It as what scores rows.
     *
     * @throws IllegalStateException if it is of another kind, so that it does not fit where events are scored
     */
    public OnnxScorer scorer() {
        return as(OnnxScorer.class);
    }

    /**
     * It as what its kind loads.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public <T extends Loaded> T as(Class<T> type) {
        if (!type.isInstance(loaded)) {
            throw new IllegalStateException("version " + description.version() + " of model " + description.name()
                    + " is a " + description.kind());
        }
        return type.cast(loaded);
    }

    /** Why it can not be used for that pipeline; empty if it can. */
    public Optional<String> misfit(Pipeline pipeline) {
        return kind.misfit(description, pipeline);
    }

    /** The clean fields that have to be known for an answer, of a pipeline that it fits. */
    public List<String> fields(Pipeline pipeline) {
        return kind.fields(description, pipeline);
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
     * @throws OrtException if the model fails on its own reference values as well, so that no row is to blame
     */
    public double[] score(FeatureRows rows) throws OrtException {
        return score(rows, Runner.DIRECT);
    }

    /** The same, with the model run in that way. */
    public double[] score(FeatureRows rows, Runner runner) throws OrtException {
        try (Hold hold = hold()) {
            return scoreHeld(rows, runner);
        }
    }

    private double[] scoreHeld(FeatureRows rows, Runner runner) throws OrtException {
        try {
            return scorer().score(rows, runner);
        } catch (OrtException onSomeRow) {
            scorer().score(description.references(1), Runner.DIRECT);
            return scoreOneByOne(rows);
        }
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
        loaded.close();
        return true;
    }

    private double[] scoreOneByOne(FeatureRows rows) {
        OnnxScorer scorer = scorer();
        double[] scores = new double[rows.rows()];
        for (int row = 0; row < scores.length; row++) {
            try {
                scores[row] = scorer.score(rows.part(row, 1), Runner.DIRECT)[0];
            } catch (OrtException onThisRow) {
                scores[row] = Double.NaN;
            }
        }
        return scores;
    }
}
