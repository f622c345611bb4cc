package dev.millrace.pipeline.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rows of one schema in a few bytes, for the way between two steps of a pipeline, where nobody else reads them: values as
 * numbers and not as text. Each has its field's name before it, so that a row from before a change of the declaration can
 * be read after it. Thread-safe.
 *
 * <p>A row is, for each value that is not missing: the name's length (2 bytes), the name in UTF-8, the type (1 byte), and
 * the value. Text and JSON have their length in bytes before them (4 bytes), a decimal its scale and its digits' length
 * (4 bytes each), a timestamp seconds (8) and nanoseconds (4), a date its day since 1970-01-01 (8).
 */
public final class RowCodec {
    private static final ObjectWriter JSON_OUT = RowWriter.JSON;
    private static final ObjectReader JSON_IN = EventReader.JSON;
    private static final FieldType[] TYPES = FieldType.values();
    private static final byte[] NOTHING = {};

    private final Schema schema;
    private final byte[][] names;

    /** Of rows of that schema. */
    public RowCodec(Schema schema) {
        this.schema = schema;
        this.names = schema.names().stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** A row that knows its size, so that it can be written behind something else without another copy. */
    public final class Packed {
        private final Row row;
        private final byte[][] texts;
        private final int size;

        private Packed(Row row) {
            this.row = row;
            this.texts = new byte[names.length][];
            int bytes = 0;
            for (int ordinal = 0; ordinal < names.length; ordinal++) {
                Object value = row.get(ordinal);
                if (value != null) {
                    texts[ordinal] = variable(value);
                    bytes += Short.BYTES
                            + names[ordinal].length
                            + 1
                            + fixed(schema.field(ordinal).type());
                    bytes += texts[ordinal].length;
                }
            }
            this.size = bytes;
        }

        /** In bytes. */
        public int size() {
            return size;
        }

        /** Writes it. */
        public void writeTo(ByteBuffer bytes) {
            for (int ordinal = 0; ordinal < names.length; ordinal++) {
                Object value = row.get(ordinal);
                if (value != null) {
                    FieldType type = schema.field(ordinal).type();
                    bytes.putShort((short) names[ordinal].length)
                            .put(names[ordinal])
                            .put((byte) type.ordinal());
                    write(bytes, type, value, texts[ordinal]);
                }
            }
        }
    }

    /** The row, ready to be written. */
    public Packed pack(Row row) {
        return new Packed(row);
    }

    /** The part of a value whose length is its own. */
    private static byte[] variable(Object value) {
        if (value instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        } else if (value instanceof BigDecimal decimal) {
            return decimal.unscaledValue().toByteArray();
        } else if (value instanceof JsonNode json) {
            return bytes(json);
        }
        return NOTHING;
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return JSON_OUT.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing to memory can not fail", e);
        }
    }

    /** The bytes of a value beside its text. */
    private static int fixed(FieldType type) {
        return switch (type) {
            case STRING, JSON -> Integer.BYTES;
            case INTEGER, DOUBLE, DATE, DECIMAL -> Long.BYTES;
            case BOOLEAN -> 1;
            case TIMESTAMP -> Long.BYTES + Integer.BYTES;
        };
    }

    private static void write(ByteBuffer bytes, FieldType type, Object value, byte[] text) {
        switch (type) {
            case STRING, JSON -> bytes.putInt(text.length).put(text);
            case INTEGER -> bytes.putLong((Long) value);
            case DOUBLE -> bytes.putDouble((Double) value);
            case BOOLEAN -> bytes.put((byte) ((Boolean) value ? 1 : 0));
            case DATE -> bytes.putLong(((LocalDate) value).toEpochDay());
            case DECIMAL ->
                bytes.putInt(((BigDecimal) value).scale()).putInt(text.length).put(text);
            case TIMESTAMP -> {
                Instant at = (Instant) value;
                bytes.putLong(at.getEpochSecond()).putInt(at.getNano());
            }
        }
    }

    /**
     * The row that all that remains of the bytes hold; empty if they hold none. What the schema does not name is passed
     * over, what they do not hold is missing, and what is of another type than the field is by now is read as if it came as
     * text.
     */
    public Optional<Row> read(ByteBuffer bytes) {
        try {
            Object[] values = new Object[names.length];
            int expected = 0;
            while (bytes.hasRemaining()) {
                int length = Short.toUnsignedInt(bytes.getShort());
                int ordinal = ordinal(bytes.array(), bytes.arrayOffset() + bytes.position(), length, expected);
                bytes.position(bytes.position() + length);
                FieldType type = TYPES[bytes.get()];
                Object value = value(bytes, type);
                if (ordinal >= 0) {
                    values[ordinal] = fitting(schema.field(ordinal), type, value);
                    if (values[ordinal] == null) {
                        return Optional.empty();
                    }
                    expected = ordinal + 1;
                }
            }
            return Optional.of(new Row(schema, values));
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException | IOException e) {
            return Optional.empty();
        }
    }

    /** Nearly always the field behind the one before. */
    private int ordinal(byte[] bytes, int offset, int length, int expected) {
        for (int ordinal = expected; ordinal < names.length; ordinal++) {
            if (Arrays.equals(names[ordinal], 0, names[ordinal].length, bytes, offset, offset + length)) {
                return ordinal;
            }
        }
        return schema.find(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    private static Object value(ByteBuffer bytes, FieldType type) throws IOException {
        return switch (type) {
            case STRING -> new String(rest(bytes), StandardCharsets.UTF_8);
            case JSON -> JSON_IN.readTree(rest(bytes));
            case INTEGER -> bytes.getLong();
            case DOUBLE -> bytes.getDouble();
            case BOOLEAN -> bytes.get() != 0;
            case DATE -> LocalDate.ofEpochDay(bytes.getLong());
            case DECIMAL -> {
                int scale = bytes.getInt();
                yield new BigDecimal(new BigInteger(rest(bytes)), scale);
            }
            case TIMESTAMP -> Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
        };
    }

    private static byte[] rest(ByteBuffer bytes) {
        byte[] text = new byte[bytes.getInt()];
        bytes.get(text);
        return text;
    }

    /** The value as one of the field's type, by way of its text; null if it says none. */
    private static Object fitting(Field field, FieldType type, Object value) throws IOException {
        if (field.type() == type) {
            return value;
        }
        String text = text(value);
        if (field.type() != FieldType.JSON) {
            return field.read(text);
        }
        return switch (type) {
            case STRING, TIMESTAMP, DATE -> TextNode.valueOf(text);
            default -> JSON_IN.readTree(text);
        };
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof TextNode node ? node.textValue() : value.toString();
    }
}
