package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.Optional;

/** Lets through the events for which the condition is true; not those for which it is unknown, as WHERE does in SQL. */
record FilterStep(Schema output, Expression condition) implements RowStep {
    @Override
    public Optional<Row> apply(Row row) throws StepFailure {
        try {
            return Boolean.TRUE.equals(condition.evaluate(row)) ? Optional.of(row) : Optional.empty();
        } catch (EvaluationException e) {
            throw new StepFailure(RejectionReason.EXPRESSION_FAILED, "filter: " + e.getMessage());
        }
    }

    @Override
    public Row applyToKnown(Row row) {
        return row;
    }
}
