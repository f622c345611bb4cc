package dev.millrace.local.stack;

/** The stack can not run; the message is for the person who started it. */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a message that says what is wrong and what to do. */
    public StackException(String message) {
        super(message);
    }

    /** With a message that says what is wrong and what to do, and its cause. */
    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
