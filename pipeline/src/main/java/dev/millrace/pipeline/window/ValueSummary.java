package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The summaries that are one of the values themselves. Stateless. */
sealed interface ValueSummary extends Summary.Objects {
    /** The value where both buckets have one. */
    Object choose(Object newer, Object older);

    @Override
    default Object merge(Object newer, Object older) {
        if (newer == null) {
            return older;
        }
        return older == null ? newer : choose(newer, older);
    }

    @Override
    default Object add(Object state, Object value) {
        return merge(value, state);
    }

    @Override
    default Object result(Object merged) {
        return merged;
    }

    @Override
    default boolean mergesToState() {
        return true;
    }

    @Override
    default void write(Object state, DataOutput out) throws IOException {
        writeValue(type(), state, out);
    }

    @Override
    default Object read(DataInput in) throws IOException {
        return readValue(type(), in);
    }

    /** Writes a value of that type. */
    static void writeValue(FieldType type, Object state, DataOutput out) throws IOException {
        switch (type) {
            case INTEGER -> out.writeLong((Long) state);
            case BOOLEAN -> out.writeBoolean((Boolean) state);
            case TIMESTAMP -> {
                out.writeLong(((Instant) state).getEpochSecond());
                out.writeInt(((Instant) state).getNano());
            }
            case STRING -> {
                byte[] utf8 = ((String) state).getBytes(StandardCharsets.UTF_8);
                out.writeInt(utf8.length);
                out.write(utf8);
            }
            default -> out.writeDouble((Double) state);
        }
    }

    /** Reads what was written. */
    static Object readValue(FieldType type, DataInput in) throws IOException {
        return switch (type) {
            case INTEGER -> (Object) in.readLong();
            case BOOLEAN -> (Object) in.readBoolean();
            case TIMESTAMP -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            case STRING -> {
                byte[] utf8 = new byte[in.readInt()];
                in.readFully(utf8);
                yield new String(utf8, StandardCharsets.UTF_8);
            }
            default -> (Object) in.readDouble();
        };
    }

    /** The smallest. */
    record Least(FieldType type) implements ValueSummary {
        @Override
        public Object choose(Object newer, Object older) {
            return compare(newer, older) <= 0 ? newer : older;
        }
    }

    /** The largest. */
    record Greatest(FieldType type) implements ValueSummary {
        @Override
        public Object choose(Object newer, Object older) {
            return compare(newer, older) >= 0 ? newer : older;
        }
    }

    /** The earliest; within a bucket, the one that came first. */
    record First(FieldType type) implements ValueSummary {
        @Override
        public Object choose(Object newer, Object older) {
            return older;
        }
    }

    /** The latest; within a bucket, the one that came last. */
    record Last(FieldType type) implements ValueSummary {
        @Override
        public Object choose(Object newer, Object older) {
            return newer;
        }
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object one, Object other) {
        return ((Comparable<Object>) one).compareTo(other);
    }
}
