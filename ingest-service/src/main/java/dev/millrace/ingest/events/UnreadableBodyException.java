package dev.millrace.ingest.events;

/** A body can not be split into records, from some place on. */
final class UnreadableBodyException extends Exception {
    UnreadableBodyException(String message) {
        super(message);
    }
}
