package dev.millrace.pipeline.window;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.pipeline.event.FieldType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The different values of the latest events, the latest first. A value that comes again moves to the front. A bucket keeps
 * as many as the whole may have, since nobody knows what comes behind it. Stateless.
 *
 * @param value the type of a value, a text or a whole number
 * @param most how many values there are at most
 */
record RecentSummary(FieldType value, int most) implements Summary.Objects {
    @Override
    public FieldType type() {
        return FieldType.JSON;
    }

    @Override
    public Object add(Object state, Object added) {
        List<Object> values = state == null ? new ArrayList<>() : values(state);
        values.remove(added);
        values.add(0, added);
        if (values.size() > most) {
            values.remove(values.size() - 1);
        }
        return values;
    }

    @Override
    public Object merge(Object newer, Object older) {
        List<Object> values = newer == null ? new ArrayList<>() : values(newer);
        for (Object one : values(older)) {
            if (values.size() >= most) {
                break;
            }
            if (!values.contains(one)) {
                values.add(one);
            }
        }
        return values;
    }

    @Override
    public Object result(Object merged) {
        if (merged == null) {
            return null;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object one : values(merged)) {
            if (one instanceof Long number) {
                array.add(number);
            } else {
                array.add(one.toString());
            }
        }
        return array;
    }

    @Override
    public boolean mergesToState() {
        return true;
    }

    @Override
    public void write(Object state, DataOutput out) throws IOException {
        List<Object> values = values(state);
        out.writeInt(values.size());
        for (Object one : values) {
            ValueSummary.writeValue(value, one, out);
        }
    }

    @Override
    public Object read(DataInput in) throws IOException {
        int size = in.readInt();
        List<Object> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(ValueSummary.readValue(value, in));
        }
        return values;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> values(Object state) {
        return (List<Object>) state;
    }
}
