package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The same values under other names, in another order, or only some of them.
 *
 * @param input the fields that come
 * @param output the fields that leave
 * @param ordinals where in the event that comes each of them stands
 */
record ProjectStep(Schema input, Schema output, int[] ordinals) implements RowStep {
    static ProjectStep rename(Map<String, String> names, Schema input) {
        List<Field> fields = new ArrayList<>();
        int[] ordinals = new int[input.size()];
        for (int i = 0; i < input.size(); i++) {
            Field field = input.field(i);
            String name = names.getOrDefault(field.name(), field.name());
            fields.add(new Field(name, field.type(), field.required(), field.formats(), field.zone()));
            ordinals[i] = i;
        }
        return new ProjectStep(input, new Schema(fields), ordinals);
    }

    static ProjectStep select(List<String> names, Schema input) {
        return new ProjectStep(
                input,
                new Schema(names.stream()
                        .map(name -> input.field(input.ordinal(name)))
                        .toList()),
                names.stream().mapToInt(input::ordinal).toArray());
    }

    /** The fields in that order, as Millrace writes them between stages. */
    static ProjectStep clean(List<String> names, Schema input) {
        ProjectStep selected = select(names, input);
        return new ProjectStep(input, selected.output().canonical(), selected.ordinals());
    }

    @Override
    public Optional<Row> apply(Row row) {
        Object[] values = new Object[ordinals.length];
        for (int i = 0; i < ordinals.length; i++) {
            values[i] = row.get(ordinals[i]);
        }
        return Optional.of(new Row(output, values));
    }

    /** The fields, as they come, that these are when they leave. */
    Set<String> namesBefore(Set<String> names) {
        Set<String> before = new LinkedHashSet<>();
        names.forEach(
                name -> before.add(input.field(ordinals[output.ordinal(name)]).name()));
        return before;
    }
}
