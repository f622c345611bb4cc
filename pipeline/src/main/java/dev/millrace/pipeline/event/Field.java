package dev.millrace.pipeline.event;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * One declared field of an event.
 *
 * @param name the field's name in a pipeline and its column's name in a sink
 * @param from its name in the event: a member of a JSON object, or a column of a CSV file
 * @param type its type
 * @param required whether an event without it is refused
 * @param formats how a timestamp may be written, tried in order; empty for other types
 * @param zone the zone of timestamps that carry no offset
 */
public record Field(
        String name, String from, FieldType type, boolean required, List<TimestampFormat> formats, ZoneId zone) {
    private static final List<TimestampFormat> ISO_ONLY = List.of(TimestampFormat.of(TimestampFormat.ISO));

    public Field {
        formats = type == FieldType.TIMESTAMP && formats.isEmpty() ? ISO_ONLY : List.copyOf(formats);
    }

    /** A field that the event calls by the same name. */
    public Field(String name, FieldType type, boolean required, List<TimestampFormat> formats, ZoneId zone) {
        this(name, name, type, required, formats, zone);
    }

    /** A field as Millrace itself writes it between stages: timestamps in ISO 8601, in UTC. */
    public static Field canonical(String name, FieldType type, boolean required) {
        return new Field(name, type, required, List.of(), ZoneOffset.UTC);
    }

    /** The value that a text says, or null if it says none of this field's type, which is not JSON. */
    public Object read(String text) {
        return new FieldReader(this).read(text);
    }

    /** This field as Millrace writes it between stages. */
    public Field canonical() {
        return canonical(name, type, required);
    }
}
