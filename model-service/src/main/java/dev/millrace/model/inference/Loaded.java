package dev.millrace.model.inference;

/** A version's file, loaded as what its kind makes of it. Thread-safe. */
public interface Loaded extends AutoCloseable {
    /** Its graph. */
    OnnxModel model();

    /** Unloads it as soon as nobody uses it. */
    @Override
    void close();
}
