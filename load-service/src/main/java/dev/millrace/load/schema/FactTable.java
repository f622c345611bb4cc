package dev.millrace.load.schema;

import dev.millrace.pipeline.declaration.SinkDeclaration.Partition;
import dev.millrace.pipeline.event.FieldType;
import java.util.List;

/**
 * The table that holds one row an event, partitioned by event time.
 *
 * @param name its name
 * @param idType whether an event's id is a {@code STRING} or an {@code INTEGER}
 * @param id the column of the event's id
 * @param time the column of the event's time
 * @param columns all columns in order, {@code id} and {@code time} among them
 * @param span what one partition holds
 */
public record FactTable(
        TableName name, FieldType idType, Column id, Column time, List<Column> columns, Partition span) {
    /** The schema of Millrace's own tables. */
    public static final String OWN_SCHEMA = "millrace";

    public FactTable {
        columns = List.copyOf(columns);
    }

    /** The columns whose values Millrace sends, in order. */
    public List<Column> sent() {
        return columns.stream()
                .filter(column -> !(column.origin() instanceof Origin.ByDefault))
                .toList();
    }

    /** The table of the ids of all events that were ever loaded; a partitioned table can not hold ids unique by itself. */
    public TableName ids() {
        return new TableName(OWN_SCHEMA, name.table() + "_ids");
    }
}
