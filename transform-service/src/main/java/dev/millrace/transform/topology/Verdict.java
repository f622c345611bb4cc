package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.Outcome;
import java.util.List;
import java.util.stream.Collectors;

/** What a record is found to be. */
sealed interface Verdict {
    /** A good event; the row has the clean schema. */
    record Clean(Row row) implements Verdict {}

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

    /** One to be left out, and why. */
    record LeftOut(Outcome.Why why) implements Verdict {}

    /** One that has come to a step that needs to know what came before. */
    record Waiting(int step, Row row) implements Verdict {}

    static Verdict of(Outcome outcome) {
        if (outcome instanceof Outcome.Clean clean) {
            return new Clean(clean.row());
        } else if (outcome instanceof Outcome.At at) {
            return new Waiting(at.step(), at.row());
        } else if (outcome instanceof Outcome.LeftOut leftOut) {
            return new LeftOut(leftOut.why());
        }
        Outcome.Rejected rejected = (Outcome.Rejected) outcome;
        return Refused.of(rejected.reason(), rejected.message());
    }
}
