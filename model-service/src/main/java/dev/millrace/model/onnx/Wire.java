package dev.millrace.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of Protocol Buffers as it is on the wire (protobuf.dev, "Encoding"), field by field: the few of ONNX's that are
 * read here are not worth generated classes and their runtime. Immutable.
 */
public final class Wire {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final List<Entry> entries = new ArrayList<>();

    /** One field: its bytes, or its number. */
    private record Entry(int field, int type, ByteBuffer bytes, long number) {}

    /** @throws IllegalArgumentException if the bytes are no such message */
    public Wire(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (rest.hasRemaining()) {
                entries.add(next(rest));
            }
        } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the message ends too early", e);
        }
    }

    private static Entry next(ByteBuffer rest) {
        long tag = varint(rest);
        int field = (int) (tag >>> 3);
        int type = (int) (tag & 7);
        return switch (type) {
            case VARINT -> new Entry(field, type, null, varint(rest));
            case FIXED_64 -> new Entry(field, type, slice(rest, Long.BYTES), 0);
            case FIXED_32 -> new Entry(field, type, slice(rest, Integer.BYTES), 0);
            case BYTES -> new Entry(field, type, slice(rest, Math.toIntExact(varint(rest))), 0);
            default -> throw new IllegalArgumentException("there is no wire type " + type);
        };
    }

    private static ByteBuffer slice(ByteBuffer rest, int length) {
        ByteBuffer slice = rest.slice(rest.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        rest.position(rest.position() + length);
        return slice;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has more than ten bytes");
    }

    /** The messages of that field. */
    public List<Wire> messages(int field) {
        return entries.stream()
                .filter(entry -> entry.field() == field && entry.type() == BYTES)
                .map(entry -> new Wire(entry.bytes()))
                .toList();
    }

    /** The texts of that field. */
    public List<String> texts(int field) {
        return entries.stream()
                .filter(entry -> entry.field() == field && entry.type() == BYTES)
                .map(entry ->
                        StandardCharsets.UTF_8.decode(entry.bytes().duplicate()).toString())
                .toList();
    }

    /** The last text of that field; an empty one if there is none. */
    public String text(int field) {
        List<String> texts = texts(field);
        return texts.isEmpty() ? "" : texts.get(texts.size() - 1);
    }

    /** Numbers, one by one or packed. */
    public long[] integers(int field) {
        List<Long> all = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.field() == field && entry.type() == VARINT) {
                all.add(entry.number());
            } else if (entry.field() == field && entry.type() == BYTES) {
                ByteBuffer packed = entry.bytes().duplicate();
                while (packed.hasRemaining()) {
                    all.add(varint(packed));
                }
            }
        }
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    /** The last number of that field; 0 if there is none. */
    public long integer(int field) {
        long[] all = integers(field);
        return all.length == 0 ? 0 : all[all.length - 1];
    }

    /** Numbers of 32 bits, one by one or packed. */
    public double[] floats(int field) {
        List<Double> all = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.field() == field && entry.bytes() != null) {
                ByteBuffer packed = entry.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                while (packed.remaining() >= Float.BYTES) {
                    all.add((double) packed.getFloat());
                }
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Numbers of 64 bits, one by one or packed. */
    public double[] doubles(int field) {
        List<Double> all = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.field() == field && entry.bytes() != null) {
                ByteBuffer packed = entry.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                while (packed.remaining() >= Double.BYTES) {
                    all.add(packed.getDouble());
                }
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The last bytes of that field; none if there are none. */
    public ByteBuffer bytes(int field) {
        return entries.stream()
                .filter(entry -> entry.field() == field && entry.type() == BYTES)
                .map(Entry::bytes)
                .reduce((first, last) -> last)
                .orElse(ByteBuffer.allocate(0));
    }
}
