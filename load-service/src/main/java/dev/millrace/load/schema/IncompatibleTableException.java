package dev.millrace.load.schema;

/** The warehouse's tables can not hold what the declaration says; the message names what to change. */
public final class IncompatibleTableException extends RuntimeException {
    /** A mistake that a person has to mend, in words. */
    public IncompatibleTableException(String message) {
        super(message);
    }
}
