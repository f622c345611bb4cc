package dev.millrace.training.fit;

/** A model's file gives other scores than the library that learned it; the model must not be used. */
public final class OnnxDiffersException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OnnxDiffersException(String model, double difference) {
        super("the ONNX file of " + model + " gives scores that differ from the library's by up to " + difference
                + ", more than " + Fit.TOLERANCE + "; nothing is registered");
    }
}
