package dev.millrace.load.schema;

import dev.millrace.pipeline.event.FieldType;

/** Where a fact column's value comes from. */
public sealed interface Origin {
    /** The event's id. */
    record EventId() implements Origin {}

    /**
     * A field of the loaded record.
     *
     * @param ordinal the field's place in the schema of the records
     * @param type the field's type
     */
    record FieldValue(int ordinal, FieldType type) implements Origin {}

    /**
     * The surrogate key of a dimension's row.
     *
     * @param dimension the dimension's place in {@link StarSchema#dimensions()}
     */
    record SurrogateKey(int dimension) implements Origin {}

    /** The time at which ingest accepted the event: the record's timestamp. */
    record AcceptedAt() implements Origin {}

    /** The database fills it in. */
    record ByDefault(String expression) implements Origin {}
}
