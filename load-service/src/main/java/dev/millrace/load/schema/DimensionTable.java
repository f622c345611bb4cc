package dev.millrace.load.schema;

import java.util.List;

/**
 * A table that holds one row a value of its key.
 *
 * @param name its name
 * @param surrogate the column that facts refer to
 * @param key the column of the natural key
 * @param attributes the columns that describe the key
 */
public record DimensionTable(TableName name, Column surrogate, Column key, List<Column> attributes) {
    public DimensionTable {
        attributes = List.copyOf(attributes);
    }

    /** The columns of a table that is made. */
    List<Column> columns() {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(surrogate, key), attributes.stream())
                .toList();
    }
}
