package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;

/** Makes a model of what is kept of it: the one gate to being used, whatever it is kept in and whatever its kind. */
final class ModelLoader {
    private ModelLoader() {}

    /** Loads a version: its checksum has to be right, its inputs as described, and a trial has to give finite scores. */
    static Model load(StoredModel stored) throws InvalidModelException {
        ModelDescription description = stored.description();
        String sum = Checksum.of(stored.onnx());
        if (!sum.equals(description.sha256())) {
            throw new InvalidModelException(stored.file() + " was changed: its SHA-256 is " + sum
                    + ", and its description says " + description.sha256());
        }
        ModelKind kind = ModelKinds.of(description);
        try {
            return new Model(description, kind, kind.load(stored));
        } catch (OrtException e) {
            throw new InvalidModelException(stored.place() + " can not be loaded: " + e.getMessage() + hint(e), e);
        }
    }

    /** What scikit-learn's exporter makes of data of doubles, no runtime takes; who sees the message should see the way out. */
    private static String hint(OrtException e) {
        String message = String.valueOf(e.getMessage());
        boolean doubles =
                message.contains("tensor(double)") && (message.contains("ZipMap") || message.contains("TreeEnsemble"));
        return doubles
                ? " — ONNX knows trees and maps of classes with floats alone: export it with floats, such as"
                        + " to_onnx(model, X.astype(numpy.float32))"
                : "";
    }
}
