package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.List;
import java.util.stream.Collectors;

/** What a raw record is found to be. */
sealed interface Verdict {
    /** A good event; the value is the clean record's. */
    record Clean(byte[] value) implements Verdict {}

    /** One to be rejected, and why. */
    record Refused(RejectionReason reason, String message, List<Violation> violations) implements Verdict {
        static Refused of(List<Violation> violations) {
            String message = violations.stream().map(Violation::message).collect(Collectors.joining("; "));
            return new Refused(RejectionReason.of(violations), message, violations);
        }

        static Refused of(RejectionReason reason, String message) {
            return new Refused(reason, message, List.of());
        }
    }
}
