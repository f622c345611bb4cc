package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.rejection.RejectionReason;

/** A step can do nothing with an event. */
final class StepFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient RejectionReason reason;

    StepFailure(RejectionReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Outcome.Rejected rejection() {
        return new Outcome.Rejected(reason, getMessage());
    }
}
