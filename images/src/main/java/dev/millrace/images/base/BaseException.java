package dev.millrace.images.base;

/** A base that no image can stand on. The message tells people why, and what would do. */
public final class BaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** For that reason. */
    public BaseException(String message) {
        super(message);
    }
}
