package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.declaration.StepDeclaration.NoRow;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fields of the row that a reference has under a field's value, behind the others.
 *
 * @param input the fields that come
 * @param output those and the new ones
 * @param by the field whose value is looked for
 * @param shape what is read of the reference; its columns are the new fields in their order
 * @param noRow what happens where there is no row
 * @param reference the reference; null where only the shape of events is needed
 */
record LookupStep(Schema input, Schema output, String by, ReferenceShape shape, NoRow noRow, Reference reference)
        implements RowStep {
    static LookupStep bind(StepDeclaration.Lookup lookup, Schema input) {
        List<Field> fields = new ArrayList<>();
        List<Field> columns = new ArrayList<>();
        lookup.add().forEach((name, added) -> {
            fields.add(Field.canonical(name, added.type(), false));
            columns.add(Field.canonical(added.from().orElse(name), added.type(), false));
        });
        Field key = Field.canonical(
                lookup.key().orElse(lookup.by()),
                input.field(input.ordinal(lookup.by())).type(),
                true);
        return new LookupStep(
                input,
                input.plus(fields),
                lookup.by(),
                new ReferenceShape(lookup.from(), key, new Schema(columns)),
                lookup.otherwise().orElse(NoRow.EMPTY),
                null);
    }

    LookupStep in(Reference known) {
        return new LookupStep(input, output, by, shape, noRow, known);
    }

    /** The names of the new fields. */
    List<String> added() {
        return output.names().subList(input.size(), output.size());
    }

    @Override
    public Optional<Row> apply(Row row) throws StepFailure {
        if (reference == null) {
            throw new IllegalStateException("the reference '" + shape.from().declaredName() + "' is not known here");
        }
        Object key = row.get(by);
        Optional<Row> found = find(key);
        if (found.isEmpty() && noRow == NoRow.REJECT) {
            throw new StepFailure(RejectionReason.NO_MATCH, noMatch(key));
        }
        return Optional.of(with(row, found));
    }

    private Optional<Row> find(Object key) {
        return key == null ? Optional.empty() : reference.find(key.toString());
    }

    private Row with(Row row, Optional<Row> found) {
        Object[] values = row.valuesFor(output);
        if (found.isPresent()) {
            for (int i = 0; i < shape.columns().size(); i++) {
                values[input.size() + i] = found.get().get(i);
            }
        }
        return new Row(output, values);
    }

    private String noMatch(Object key) {
        String reference = "'" + shape.from().declaredName() + "'";
        return key == null
                ? "field '" + by + "' is missing, by which a row of " + reference + " is found"
                : "no row of " + reference + " for " + by + " '" + key + "'";
    }

    /** Without a row, or where the reference is not known, the new fields are missing. */
    @Override
    public Row applyToKnown(Row row) {
        return with(row, reference == null ? Optional.empty() : find(row.get(by)));
    }

    @Override
    public String toString() {
        return "LookupStep[" + shape.from().declaredName() + "]";
    }
}
