package dev.millrace.model.predict;

import dev.millrace.pipeline.event.Row;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An input, completed.
 *
 * @param row the clean row
 * @param featuresAsOf when the newest event that its live features hold was accepted; nothing where there are none
 */
record Completed(Row row, Optional<Instant> featuresAsOf) {
    /** The values of those fields; null where one is missing. */
    Map<String, Object> values(List<String> fields) {
        Map<String, Object> values = new LinkedHashMap<>();
        fields.forEach(field -> values.put(field, row.get(field)));
        return values;
    }
}
