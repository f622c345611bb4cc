package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.Duration;
import java.util.List;

/**
 * Lets each event through once.
 *
 * @param name the step's name
 * @param output the fields that come and leave
 * @param by the fields that make two events the same; none for the event's id
 * @param within how long one is remembered
 */
public record DeduplicateStep(String name, Schema output, List<String> by, Duration within) implements KeyedStep {
    /** Separates the parts of a key; no field holds it. */
    private static final char SEPARATOR = '\0';

    @Override
    public String key(Row row) {
        if (by.isEmpty()) {
            return null;
        }
        StringBuilder key = new StringBuilder();
        for (String name : by) {
            Object value = row.get(name);
            if (value == null) {
                return null;
            }
            key.append(value).append(SEPARATOR);
        }
        return key.toString();
    }
}
