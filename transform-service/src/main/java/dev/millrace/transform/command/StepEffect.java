package dev.millrace.transform.command;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.transform.Transform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a step did to an event.
 *
 * @param step the step's name
 * @param set the fields that it added or gave another value, with their values; one may be null
 * @param dropped the fields that do not leave it under their names
 */
record StepEffect(String step, Map<String, JsonNode> set, List<String> dropped) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** What each step that an event is through did to it. */
    static List<StepEffect> of(Declared declared, List<Row> rows) {
        List<StepEffect> effects = new ArrayList<>();
        for (int place = 0; place + 1 < rows.size() && place < declared.steps().size(); place++) {
            effects.add(between(declared.name(place), rows.get(place), rows.get(place + 1)));
        }
        return effects;
    }

    private static StepEffect between(String step, Row before, Row after) {
        Map<String, JsonNode> values = values(after);
        Map<String, JsonNode> set = new LinkedHashMap<>();
        Schema came = before.schema();
        for (String name : after.schema().names()) {
            boolean added = came.find(name) < 0;
            if (added || !Objects.equals(before.get(name), after.get(name))) {
                set.put(name, values.getOrDefault(name, NullNode.getInstance()));
            }
        }
        List<String> dropped = came.names().stream()
                .filter(name -> after.schema().find(name) < 0)
                .toList();
        return new StepEffect(step, set, dropped);
    }

    /** The fields that an event has, as they are written; flags only where it has some. */
    static Map<String, JsonNode> values(Row row) {
        try {
            Map<String, JsonNode> values = new LinkedHashMap<>();
            JSON.readTree(new RowWriter(row.schema()).write(row))
                    .properties()
                    .forEach(member -> values.put(member.getKey(), member.getValue()));
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException("what was written can be read", e);
        }
    }

    /** The checks, and the windows, that an event was let through by all the same. */
    static List<String> flags(Row row) {
        List<String> flags = new ArrayList<>();
        if (row.get(Transform.QUALITY_FLAGS) instanceof JsonNode names) {
            names.forEach(name -> flags.add(name.asText()));
        }
        return flags;
    }
}
