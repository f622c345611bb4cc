package dev.millrace.pipeline.transform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Some values as other types, by way of their text.
 *
 * @param output the fields that leave
 * @param ordinals those that are cast
 */
record CastStep(Schema output, int[] ordinals) implements RowStep {
    static CastStep bind(Map<String, FieldType> types, Schema input) {
        List<Field> fields = new ArrayList<>();
        for (Field field : input.fields()) {
            FieldType type = types.get(field.name());
            fields.add(type == null ? field : Field.canonical(field.name(), type, field.required()));
        }
        return new CastStep(
                new Schema(fields),
                types.keySet().stream().mapToInt(input::ordinal).toArray());
    }

    @Override
    public Optional<Row> apply(Row row) throws StepFailure {
        Object[] values = row.valuesFor(output);
        for (int ordinal : ordinals) {
            if (values[ordinal] != null) {
                values[ordinal] = cast(values[ordinal], output.field(ordinal));
            }
        }
        return Optional.of(new Row(output, values));
    }

    private static Object cast(Object value, Field field) throws StepFailure {
        Object cast = field.read(text(value));
        if (cast == null) {
            throw new StepFailure(
                    RejectionReason.WRONG_TYPE,
                    "field '" + field.name() + "' is cast to " + field.type().declaredName() + ": expected "
                            + field.type().description() + ", got '" + text(value) + "'");
        }
        return cast;
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof JsonNode json ? json.asText() : value.toString();
    }
}
