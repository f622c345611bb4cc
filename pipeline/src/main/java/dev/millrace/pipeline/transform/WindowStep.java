package dev.millrace.pipeline.transform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.window.WindowPlan;
import java.util.List;
import java.util.Optional;

/**
 * Adds rolling features of a key.
 *
 * @param name the step's name
 * @param input the fields that come
 * @param output those and the features
 * @param field the field that is the key
 * @param plan the features
 * @param labels the name of the labels that they count
 * @param published whether the features of a key are written to the topic of features
 */
public record WindowStep(
        String name,
        Schema input,
        Schema output,
        String field,
        WindowPlan plan,
        Optional<String> labels,
        boolean published)
        implements KeyedStep {
    /** The flag of an event that came too late for a window. */
    public static final String LATE = "late";

    @Override
    public List<String> by() {
        return List.of(field);
    }

    @Override
    public String key(Row row) {
        Object key = row.get(field);
        return key == null ? null : key.toString();
    }

    /** The event with these features. */
    public Row with(Row row, Object[] features) {
        Object[] values = row.valuesFor(output);
        System.arraycopy(features, 0, values, input.size(), features.length);
        return new Row(output, values);
    }

    /** The event without features, as one that has no key or came too late. */
    public Row without(Row row) {
        return new Row(output, row.valuesFor(output));
    }

    /** The event without features, flagged as one that came too late to be counted. */
    public Row late(Row row) {
        Object[] values = row.valuesFor(output);
        int flags = output.ordinal(Transform.QUALITY_FLAGS);
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        if (values[flags] instanceof ArrayNode before) {
            all.addAll(before);
        }
        values[flags] = all.add(LATE);
        return new Row(output, values);
    }
}
