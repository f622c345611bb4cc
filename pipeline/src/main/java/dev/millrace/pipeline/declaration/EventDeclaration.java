package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.FieldType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one event is. */
public record EventDeclaration(
        @Doc(
                value =
                        "The field that identifies an event. Without it, an event's id is a hash of where it came from.",
                example = "transaction_id")
        Optional<String> id,

        @Doc(
                value =
                        "The field by which events are partitioned and kept in order. Without it, the event's id is used.",
                example = "customer_id")
        Optional<String> key,

        @Doc(
                value =
                        "The required timestamp field that says when the event happened; windows and partitions go by it.",
                example = "tx_datetime")
        String time,

        @Doc(
                value = "The event's fields by name, at least one.",
                example = "{ tx_amount: { type: decimal, required: true } }",
                keys = EventDeclaration.FIELD_NAME)
        Map<String, FieldDeclaration> fields) {
    /** What a field may be called: PostgreSQL's names have 63 bytes, and a column may need a suffix. */
    static final String FIELD_NAME = "[a-z][a-z0-9_]{0,58}";

    /** One field. */
    public record FieldDeclaration(
            @Doc(value = "The field's type.", example = "decimal")
            FieldType type,

            @Doc(
                    value =
                            "What the event calls it, where that is not the field's own name: a member of a JSON object, or a column"
                                    + " of a CSV file. Default: the field's name.",
                    example = "userId")
            Optional<String> from,

            @Doc(value = "Whether an event without this field is refused. Default: false.", example = "true")
            boolean required,

            @Doc(
                    value =
                            "How a timestamp may be written, tried in order: iso, epoch_seconds, epoch_millis, or a pattern of"
                                    + " java.time.format.DateTimeFormatter. Default: iso.",
                    example = "[\"yyyy-MM-dd HH:mm:ss\", iso]")
            List<String> formats,

            @Doc(value = "The time zone of timestamps without an offset. Default: UTC.", example = "Europe/Brussels")
            Optional<String> zone) {}
}
