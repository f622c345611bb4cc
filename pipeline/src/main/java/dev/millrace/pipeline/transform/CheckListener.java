package dev.millrace.pipeline.transform;

/** Hears the result of every quality check. */
@FunctionalInterface
public interface CheckListener {
    /** Hears nothing. */
    CheckListener NONE = (check, passed) -> {};

    /** A check of that name was made on an event. */
    void checked(String check, boolean passed);
}
