package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.OnnxScorer;

/** Makes a model of what is kept of it: the one gate to being scored with, whatever it is kept in. */
final class ModelLoader {
    /** More than one row, so that a model whose input is fixed at one is not found out by the first batch. */
    private static final int[] TRIALS = {1, 2, 16};

    private ModelLoader() {}

    /** Loads a version: its checksum has to be right, its inputs as described, and a trial has to give finite scores. */
    static Model load(StoredModel stored) throws InvalidModelException {
        ModelDescription description = stored.description();
        String sum = Checksum.of(stored.onnx());
        if (!sum.equals(description.sha256())) {
            throw new InvalidModelException(stored.file() + " was changed: its SHA-256 is " + sum
                    + ", and its description says " + description.sha256());
        }
        try {
            Model model = new Model(description, OnnxScorer.load(stored.onnx(), description.featureNames()));
            tryOut(stored, model);
            return model;
        } catch (OrtException e) {
            throw new InvalidModelException(stored.place() + " can not be loaded: " + e.getMessage(), e);
        }
    }

    private static void tryOut(StoredModel stored, Model model) throws OrtException, InvalidModelException {
        float[] row = model.references();
        try {
            for (int rows : TRIALS) {
                float[] values = new float[rows * row.length];
                for (int i = 0; i < rows; i++) {
                    System.arraycopy(row, 0, values, i * row.length, row.length);
                }
                for (double score : model.scorer().score(values, rows)) {
                    if (!Double.isFinite(score)) {
                        throw new InvalidModelException(
                                stored.place() + " scores its own reference values as " + score);
                    }
                }
            }
        } catch (OrtException | InvalidModelException e) {
            model.close();
            throw e;
        }
    }
}
