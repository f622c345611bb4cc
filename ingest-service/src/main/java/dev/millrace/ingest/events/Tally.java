package dev.millrace.ingest.events;

import dev.millrace.ingest.intake.Intake;
import dev.millrace.ingest.intake.RecordIntake;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** Counts a request's records and keeps the first mistakes. One thread. */
final class Tally {
    private static final int MAX_ENTRIES = 100;

    private final String pipeline;
    private final String noun;
    private final List<Problem.Entry> entries = new ArrayList<>();
    private long accepted;
    private long refused;

    Tally(RecordIntake intake) {
        this.pipeline = intake.pipeline().name();
        this.noun = intake.noun();
    }

    void count(String where, Intake intake) {
        if (intake.accepted()) {
            accepted++;
            return;
        }
        refused++;
        for (Violation violation : intake.violations()) {
            if (entries.size() < MAX_ENTRIES) {
                entries.add(entry(where, violation));
            }
        }
    }

    long accepted() {
        return accepted;
    }

    /**
     * The answer.
     *
     * @throws ProblemException 400 if records were refused and none was accepted
     */
    IntakeReport report() {
        if (accepted == 0 && refused > 0) {
            throw new ProblemException(Problem.of(
                            400,
                            "invalid-" + noun + "s",
                            "No " + noun + " was accepted",
                            "Every one of " + refused + " records is not as pipeline '" + pipeline + "' declares its "
                                    + noun + "s. They are kept in its rejected topic.")
                    .with(entries));
        }
        return new IntakeReport(pipeline, accepted, refused, entries);
    }

    private static Problem.Entry entry(String where, Violation violation) {
        String below = violation.field().isEmpty()
                ? where
                : where + (where.startsWith("line") ? ", field " : "/") + violation.field();
        String actual = violation.kind() == Violation.Kind.MISSING ? "nothing" : violation.actual();
        return new Problem.Entry(below, violation.expected(), actual);
    }
}
