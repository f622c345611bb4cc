package dev.millrace.service.reference;

/** A reference can not be used; the message says where and why. */
public final class UnreadableReferenceException extends Exception {
    UnreadableReferenceException(String message) {
        super(message);
    }
}
