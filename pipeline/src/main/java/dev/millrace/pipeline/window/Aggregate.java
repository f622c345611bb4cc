package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import java.util.ArrayList;
import java.util.List;

/**
 * One feature bound to the fields it is computed of. Immutable and thread-safe.
 *
 * @param name the feature's name, without a window's length
 * @param argument what it is taken of; null for a count
 * @param condition which events count; null for all
 * @param function which function it is
 * @param type the type of what it is taken of
 * @param parameter the rank of a quantile, or how many values are recent
 * @param ofLabel whether it reads the label, so that a late label changes it
 */
record Aggregate(
        String name,
        Expression argument,
        Expression condition,
        Function function,
        FieldType type,
        double parameter,
        boolean ofLabel) {
    static Aggregate bind(String name, AggregateText text, Schema schema) throws InvalidExpressionException {
        Expression argument =
                text.argument().isPresent() ? Expression.compile(text.argument().get(), schema) : null;
        Expression condition = text.condition().isPresent()
                ? Expression.compile(text.condition().get(), schema)
                : null;
        FieldType type = argument == null ? FieldType.INTEGER : argument.type();
        return new Aggregate(
                name,
                argument,
                condition,
                text.function(),
                type,
                text.parameter().orElse(0.0),
                reads(argument) || reads(condition));
    }

    /** How a bucket's events are summed up. */
    Summary summary() {
        return Summary.of(function, type, parameter);
    }

    /** The fields that it reads, the label among them. */
    List<String> fields() {
        List<String> fields = new ArrayList<>();
        for (Expression expression : new Expression[] {argument, condition}) {
            if (expression != null) {
                fields.addAll(expression.fields());
            }
        }
        return fields;
    }

    private static boolean reads(Expression expression) {
        return expression != null && expression.fields().contains(WindowPlan.LABEL);
    }

    /**
     * What the row adds: null if it does not count, else a value of the argument's type, or the row's presence.
     *
     * @throws EvaluationException if an expression has no value on this row
     */
    Object contribution(Row row) throws EvaluationException {
        if (condition != null && !Boolean.TRUE.equals(condition.evaluate(row))) {
            return null;
        }
        return argument == null ? Boolean.TRUE : argument.evaluate(row);
    }
}
