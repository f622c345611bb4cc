package dev.millrace.model.feature;

/** What the windows hold can not be asked now; the message says why. */
public final class StateAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StateAwayException(String why) {
        super(why);
    }
}
