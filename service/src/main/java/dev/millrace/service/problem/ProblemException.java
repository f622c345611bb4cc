package dev.millrace.service.problem;

import java.util.OptionalInt;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
    private final transient Problem problem;
    private final transient OptionalInt retryAfterSeconds;

    /** Ends the request with that problem. */
    public ProblemException(Problem problem) {
        this(problem, OptionalInt.empty());
    }

    /** Ends the request with that problem and asks the client to wait. */
    public ProblemException(Problem problem, OptionalInt retryAfterSeconds) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** What the client is told. */
    public Problem problem() {
        return problem;
    }

    /** How long the client should wait before it tries again. */
    public OptionalInt retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
