package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;

/** A quality rule bound to the event's fields. */
record Check(QualityRule rule, Expression expression) {
    /** Whether the row is good; a check over a missing value passes. */
    boolean passes(Row row) throws EvaluationException {
        return !Boolean.FALSE.equals(expression.evaluate(row));
    }
}
