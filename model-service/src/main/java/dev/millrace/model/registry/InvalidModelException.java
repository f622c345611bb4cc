package dev.millrace.model.registry;

/** A model's version can not be used; the message says which, why, and what to do. */
public final class InvalidModelException extends Exception {
    InvalidModelException(String message) {
        super(message);
    }

    InvalidModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
