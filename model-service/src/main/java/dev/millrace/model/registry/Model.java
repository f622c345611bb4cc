package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.inference.Runner;
import java.util.Arrays;

/** A version of a model, loaded. Thread-safe. */
public record Model(ModelDescription description, OnnxScorer scorer) {
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
