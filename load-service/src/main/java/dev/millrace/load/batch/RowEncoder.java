package dev.millrace.load.batch;

import dev.millrace.load.schema.Column;
import dev.millrace.load.schema.DimensionTable;
import dev.millrace.load.schema.Origin;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import java.util.List;

/** Encodes events as tuples of the fact table, in the order of {@code FactTable.sent()}. Confined to one thread. */
final class RowEncoder {
    private final LoadPlan plan;
    private final Origin[] origins;
    private final int[] keyOrdinals;
    private final int[][] attributeOrdinals;

    RowEncoder(LoadPlan plan) {
        this.plan = plan;
        this.origins = plan.star().fact().sent().stream().map(Column::origin).toArray(Origin[]::new);
        List<DimensionTable> dimensions = plan.star().dimensions();
        this.keyOrdinals = dimensions.stream()
                .mapToInt(dimension -> ordinal(dimension.key()))
                .toArray();
        this.attributeOrdinals = dimensions.stream()
                .map(dimension -> dimension.attributes().stream()
                        .mapToInt(RowEncoder::ordinal)
                        .toArray())
                .toArray(int[][]::new);
    }

    private static int ordinal(Column column) {
        return ((Origin.FieldValue) column.origin()).ordinal();
    }

    /** Adds the event to the facts, and what is not known of its dimensions to the dimensions' rows. */
    void encode(Row row, Object eventId, long acceptedAtMillis, CopyBuffer facts, List<DimensionRows> dimensions) {
        facts.tuple(origins.length);
        for (Origin origin : origins) {
            if (origin instanceof Origin.FieldValue field) {
                facts.value(field.type(), row.get(field.ordinal()));
            } else if (origin instanceof Origin.SurrogateKey key) {
                encodeKey(row, key.dimension(), facts, dimensions.get(key.dimension()));
            } else if (origin instanceof Origin.EventId) {
                facts.value(plan.star().fact().idType(), eventId);
            } else {
                facts.timestampOfMillis(acceptedAtMillis);
            }
        }
    }

    private void encodeKey(Row row, int dimension, CopyBuffer facts, DimensionRows rows) {
        Object naturalKey = row.get(keyOrdinals[dimension]);
        if (naturalKey == null) {
            facts.nothing();
            return;
        }
        int[] attributes = attributeOrdinals[dimension];
        Long known = plan.keys().get(dimension).find(naturalKey);
        int place = facts.bigint(known == null ? 0 : known);
        if (known == null) {
            rows.await(naturalKey, attributes.length, place);
        }
        if (attributes.length > 0) {
            keepLatest(row, attributes, rows.row(naturalKey, attributes.length).attributes());
        }
    }

    private static void keepLatest(Row row, int[] ordinals, Object[] latest) {
        for (int i = 0; i < ordinals.length; i++) {
            Object value = row.get(ordinals[i]);
            if (value != null) {
                latest[i] = value;
            }
        }
    }

    /** The type of an event's id in the table of ids. */
    FieldType idType() {
        return plan.star().fact().idType();
    }
}
