package dev.millrace.pipeline.event;

import java.util.Arrays;

/**
 * The values of one event by its schema's ordinals; a missing value is null. The class of each value is its
 * field's {@link FieldType#javaType()}. Immutable as long as nobody writes to the array it was made of.
 */
public final class Row {
    private final Schema schema;
    private final Object[] values;

    /**
     * A row over these values, which are not copied.
     *
     * @throws IllegalArgumentException if there are more or fewer values than fields
     */
    public Row(Schema schema, Object... values) {
        if (values.length != schema.size()) {
            throw new IllegalArgumentException(values.length + " values for " + schema.size() + " fields");
        }
        this.schema = schema;
        this.values = values;
    }

    /** The schema that gives the values their names and types. */
    public Schema schema() {
        return schema;
    }

    /** The value at that ordinal, or null. */
    public Object get(int ordinal) {
        return values[ordinal];
    }

    /** The value of the field of that name, or null. */
    public Object get(String name) {
        return values[schema.ordinal(name)];
    }

    /** A copy of the values, with room behind them for the wider schema's further fields. */
    public Object[] valuesFor(Schema wider) {
        return Arrays.copyOf(values, wider.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && schema.equals(that.schema) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
