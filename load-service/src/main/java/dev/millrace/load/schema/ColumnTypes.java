package dev.millrace.load.schema;

import dev.millrace.pipeline.event.FieldType;

/** The type of the column that holds a field, spelled as PostgreSQL's {@code format_type} does. */
final class ColumnTypes {
    static final String BIGINT = "bigint";
    static final String TEXT = "text";
    static final String TIMESTAMP = "timestamp with time zone";

    private ColumnTypes() {}

    static String of(FieldType type) {
        return switch (type) {
            case STRING -> TEXT;
            case INTEGER -> BIGINT;
            case DECIMAL -> "numeric";
            case DOUBLE -> "double precision";
            case BOOLEAN -> "boolean";
            case TIMESTAMP -> TIMESTAMP;
            case DATE -> "date";
            case JSON -> "jsonb";
        };
    }
}
