package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import java.util.Optional;

/** A step that needs nothing but the event. */
sealed interface RowStep extends Step permits DeriveStep, FilterStep, ProjectStep, CastStep, TokenizeStep, LookupStep {
    /**
     * The event behind the step; nothing where it is left out.
     *
     * @throws StepFailure if the event has to be rejected
     */
    Optional<Row> apply(Row row) throws StepFailure;

    /** The event behind the step where only some of its fields may be known: what can not be told is missing. */
    default Row applyToKnown(Row row) {
        try {
            return apply(row).orElse(row);
        } catch (StepFailure unknown) {
            return new Row(output(), row.valuesFor(output()));
        }
    }
}
