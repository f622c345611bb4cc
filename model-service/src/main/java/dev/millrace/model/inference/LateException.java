package dev.millrace.model.inference;

/** The deadline of a request passed before it was answered. */
public final class LateException extends RuntimeException {
    public LateException() {
        super("the time that the request had is over", null, false, false);
    }
}
