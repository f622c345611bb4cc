package dev.millrace.model.registry;

/** What the registry is kept in can not be reached now; nothing was changed. */
final class RegistryAwayException extends RuntimeException {
    RegistryAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
