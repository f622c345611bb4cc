package dev.millrace.rehearsal;

/** A rehearsal can not be done as it was asked for, or did not go as it should; the message says why, and what to do. */
public final class RehearsalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RehearsalException(String message) {
        super(message);
    }

    RehearsalException(String message, Throwable cause) {
        super(message, cause);
    }
}
