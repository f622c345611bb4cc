package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.FieldOrder;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * New fields behind the others, each computed of those before it.
 *
 * @param input the fields that come
 * @param output those and the new ones
 * @param expressions the new fields', in their order
 */
record DeriveStep(Schema input, Schema output, List<Expression> expressions) implements RowStep {
    static DeriveStep bind(Map<String, String> fields, Schema input) throws InvalidExpressionException {
        List<Expression> expressions = new ArrayList<>();
        Schema schema = input;
        for (String name : FieldOrder.of(fields).names()) {
            Expression expression = Expression.compile(fields.get(name), schema);
            expressions.add(expression);
            schema = schema.plus(List.of(Field.canonical(name, expression.type(), false)));
        }
        return new DeriveStep(input, schema, List.copyOf(expressions));
    }

    @Override
    public Optional<Row> apply(Row row) throws StepFailure {
        Object[] values = row.valuesFor(output);
        Row derived = new Row(output, values);
        int ordinal = input.size();
        for (Expression expression : expressions) {
            try {
                values[ordinal] = expression.evaluate(derived);
            } catch (EvaluationException e) {
                String name = output.field(ordinal).name();
                throw new StepFailure(RejectionReason.EXPRESSION_FAILED, "field '" + name + "': " + e.getMessage());
            }
            ordinal++;
        }
        return Optional.of(derived);
    }

    @Override
    public Row applyToKnown(Row row) {
        Object[] values = row.valuesFor(output);
        Row derived = new Row(output, values);
        int ordinal = input.size();
        for (Expression expression : expressions) {
            try {
                values[ordinal] = expression.evaluate(derived);
            } catch (EvaluationException unknown) {
                values[ordinal] = null;
            }
            ordinal++;
        }
        return derived;
    }
}
