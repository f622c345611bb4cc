package dev.millrace.transform.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.window.WindowPlan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads labels of a pipeline's events: an event's id and a number, true or false, perhaps as a text. Immutable. */
final class LabelReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Field NUMBER = Field.canonical(WindowPlan.LABEL, FieldType.DOUBLE, true);
    private static final Field TRUTH = Field.canonical(WindowPlan.LABEL, FieldType.BOOLEAN, true);

    private final String id;
    private final EventReader reader;

    /** @throws IllegalArgumentException if the events have no id by which labels could name them */
    LabelReader(Pipeline pipeline) {
        this.id = pipeline.declaration()
                .spec()
                .event()
                .id()
                .orElseThrow(() -> new IllegalArgumentException("labels need an event.id"));
        Schema event = pipeline.eventReader().schema();
        Field own = event.field(event.ordinal(id));
        this.reader = new EventReader(new Schema(List.of(
                new Field(own.name(), own.from(), own.type(), true, own.formats(), own.zone()),
                Field.canonical(WindowPlan.LABEL, FieldType.JSON, true))));
    }

    /** One label of the event with that id, as its topic has it. */
    record Label(String id, byte[] json) {}

    Schema schema() {
        return reader.schema();
    }

    /** The label that a record holds, or nothing if it holds none. */
    Optional<Label> read(byte[] json) {
        if (!(reader.read(json) instanceof Reading.Read read)) {
            return Optional.empty();
        }
        Row row = read.row();
        JsonNode label = (JsonNode) row.get(WindowPlan.LABEL);
        Object value = label.isTextual() ? said(label.textValue().strip()) : label;
        JsonNode known = JSON.valueToTree(value);
        if (!known.isNumber() && !known.isBoolean()) {
            return Optional.empty();
        }
        String event = row.get(id).toString();
        String text = JSON.createObjectNode()
                .put(id, event)
                .set(WindowPlan.LABEL, known)
                .toString();
        return Optional.of(new Label(event, text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Object said(String text) {
        Object number = NUMBER.read(text);
        return number == null ? TRUTH.read(text) : number;
    }
}
