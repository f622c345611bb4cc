package dev.millrace.service.install;

/** Ends a check; the message says what is not as it should be. */
final class CheckFailedException extends RuntimeException {
    CheckFailedException(String message) {
        super(message, null, false, false);
    }
}
