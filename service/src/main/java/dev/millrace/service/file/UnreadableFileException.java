package dev.millrace.service.file;

/** A file can not be read, from some record on: it ends early, is not what it is called, or its header is no use. */
public final class UnreadableFileException extends Exception {
    UnreadableFileException(String message) {
        super(message);
    }
}
