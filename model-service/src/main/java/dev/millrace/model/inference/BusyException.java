package dev.millrace.model.inference;

/** As many requests wait for the model as may; the caller should try again in a moment. */
public final class BusyException extends RuntimeException {
    BusyException(int waiting) {
        super(waiting + " requests wait for the model, as many as may (millrace.batching.queue)", null, false, false);
    }
}
