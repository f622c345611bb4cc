package dev.millrace.load.schema;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration.Dimension;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables that a pipeline's {@code postgres} sink asks for. Immutable.
 *
 * @param pipeline the pipeline's name
 * @param fact the fact table
 * @param dimensions the dimension tables in the order of the declaration
 */
public record StarSchema(String pipeline, FactTable fact, List<DimensionTable> dimensions) {
    private static final String EVENT_ID = "event_id";
    private static final String ACCEPTED_AT = "accepted_at";
    private static final String LOADED_AT = "loaded_at";
    private static final String DIMENSION_PREFIX = "dim_";

    public StarSchema {
        dimensions = List.copyOf(dimensions);
    }

    /**
     * The star schema of a pipeline, if it has a {@code postgres} sink.
     *
     * @param schema the database schema in which the tables are to stand
     * @throws IncompatibleTableException if two columns of a table would have the same name
     */
    public static Optional<StarSchema> of(Pipeline pipeline, String schema) {
        return pipeline.declaration().spec().sinks().stream()
                .filter(SinkDeclaration.Postgres.class::isInstance)
                .map(SinkDeclaration.Postgres.class::cast)
                .findFirst()
                .map(sink -> of(pipeline, sink, schema));
    }

    private static StarSchema of(Pipeline pipeline, SinkDeclaration.Postgres sink, String schema) {
        Schema record = pipeline.scoredReader().schema();
        List<DimensionTable> dimensions = new ArrayList<>();
        for (Map.Entry<String, Dimension> dimension : sink.dimensions().entrySet()) {
            dimensions.add(dimension(new TableName(schema, dimension.getKey()), dimension.getValue(), record));
        }
        FactTable fact = fact(pipeline, sink.fact(), dimensions, record, schema);
        checkNames(fact.name(), fact.columns());
        dimensions.forEach(dimension -> checkNames(dimension.name(), dimension.columns()));
        return new StarSchema(pipeline.name(), fact, dimensions);
    }

    private static DimensionTable dimension(TableName name, Dimension declared, Schema record) {
        String table = name.table();
        String subject = table.startsWith(DIMENSION_PREFIX) ? table.substring(DIMENSION_PREFIX.length()) : table;
        Column surrogate = new Column(
                subject + "_key",
                ColumnTypes.BIGINT,
                true,
                "Surrogate key of " + declared.key() + "; facts refer to it",
                new Origin.ByDefault("GENERATED ALWAYS AS IDENTITY"));
        Field key = record.field(record.ordinal(declared.key()));
        List<Column> attributes = declared.attributes().stream()
                .map(attribute -> value(record, record.ordinal(attribute), false, "The latest loaded value"))
                .toList();
        return new DimensionTable(
                name,
                surrogate,
                value(record, record.ordinal(key.name()), true, "Natural key: the events' field " + key.name()),
                attributes);
    }

    private static FactTable fact(
            Pipeline pipeline,
            SinkDeclaration.Fact declared,
            List<DimensionTable> dimensions,
            Schema record,
            String schema) {
        EventDeclaration event = pipeline.declaration().spec().event();
        FieldType idType =
                event.id().map(id -> record.field(record.ordinal(id)).type()).orElse(FieldType.STRING);
        Column id = new Column(
                event.id().orElse(EVENT_ID),
                ColumnTypes.of(idType),
                true,
                "The event's id, unique in this table for ever",
                new Origin.EventId());
        Column time = value(record, record.ordinal(event.time()), true, "When the event happened; partitions go by it");
        List<Column> columns = new ArrayList<>(List.of(id, time));
        Set<String> elsewhere = new HashSet<>(Set.of(id.name(), time.name()));
        for (int i = 0; i < dimensions.size(); i++) {
            DimensionTable dimension = dimensions.get(i);
            int key = ((Origin.FieldValue) dimension.key().origin()).ordinal();
            columns.add(new Column(
                    dimension.surrogate().name(),
                    ColumnTypes.BIGINT,
                    record.field(key).required(),
                    "The row of " + dimension.name(),
                    new Origin.SurrogateKey(i)));
            elsewhere.add(dimension.key().name());
            dimension.attributes().forEach(attribute -> elsewhere.add(attribute.name()));
        }
        for (int ordinal = 0; ordinal < record.size(); ordinal++) {
            Field field = record.field(ordinal);
            if (!elsewhere.contains(field.name())) {
                columns.add(value(record, ordinal, field.required(), "The events' field " + field.name()));
            }
        }
        columns.add(new Column(
                ACCEPTED_AT, ColumnTypes.TIMESTAMP, true, "When ingest accepted the event", new Origin.AcceptedAt()));
        columns.add(new Column(
                LOADED_AT,
                ColumnTypes.TIMESTAMP,
                true,
                "When the transaction that loaded the row began",
                new Origin.ByDefault("DEFAULT now()")));
        return new FactTable(
                new TableName(schema, declared.table()), idType, id, time, columns, declared.effectivePartition());
    }

    private static Column value(Schema record, int ordinal, boolean required, String comment) {
        Field field = record.field(ordinal);
        return new Column(
                field.name(),
                ColumnTypes.of(field.type()),
                required,
                comment,
                new Origin.FieldValue(ordinal, field.type()));
    }

    private static void checkNames(TableName table, List<Column> columns) {
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IncompatibleTableException("table " + table + " would have two columns '" + column.name()
                        + "': rename the field or the dimension");
            }
        }
    }
}
