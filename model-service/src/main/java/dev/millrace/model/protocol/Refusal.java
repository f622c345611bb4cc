package dev.millrace.model.protocol;

import java.util.OptionalInt;

/** Ends a request of the protocol; the message is what the client is told. */
final class Refusal extends RuntimeException {
    /** Why, and how each transport says so. */
    enum Kind {
        INVALID(400),
        /** The model fails on what fits it. */
        FAILED(400),
        UNKNOWN(404),
        TOO_LARGE(413),
        /** Try again in a moment. */
        BUSY(503),
        /** The time that the request had is over. */
        LATE(503),
        /** There is the model, and no version of it that can be used now. */
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }

        /** After how many seconds another try makes sense, if it does. */
        OptionalInt retryAfterSeconds() {
            return switch (this) {
                case BUSY, LATE -> OptionalInt.of(1);
                case UNAVAILABLE -> OptionalInt.of(5);
                default -> OptionalInt.empty();
            };
        }
    }

    private final Kind kind;

    Refusal(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static Refusal invalid(String message) {
        return new Refusal(Kind.INVALID, message);
    }

    Kind kind() {
        return kind;
    }
}
