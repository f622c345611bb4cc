package dev.millrace.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Values of one type in row-major order, in Java's memory. Whoever makes one leaves its arrays and buffers alone from then
 * on.
 */
public sealed interface Tensor {
    /** The type of its elements. */
    DataType type();

    /** Its dimensions. */
    long[] shape();

    /** How many elements it has. */
    default int elements() {
        return count(shape());
    }

    /** How many rows it has: its first dimension. */
    default int rows() {
        return shape().length == 0 ? 1 : (int) shape()[0];
    }

    /**
     * How many elements a tensor of that shape has.
     *
     * @throws IllegalArgumentException if they are more than an array can hold, or a dimension is negative
     */
    static int count(long[] shape) {
        long elements = 1;
        boolean empty = false;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("a dimension is negative: " + dimension);
            }
            empty |= dimension == 0;
            try {
                elements = Math.multiplyExact(elements, Math.max(1, dimension));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("its shape has more elements than a tensor can have");
            }
        }
        if (elements > Integer.MAX_VALUE / Long.BYTES) {
            throw new IllegalArgumentException("its shape has more elements than a tensor can have");
        }
        return empty ? 0 : (int) elements;
    }

    /**
     * Elements that have the same number of bytes each.
     *
     * @param data the elements, little-endian, from position 0 to the limit
     */
    record Fixed(DataType type, long[] shape, ByteBuffer data) implements Tensor {
        public Fixed {
            if (type == DataType.BYTES || data.limit() != Tensor.count(shape) * type.size()) {
                throw new IllegalArgumentException("expected " + Tensor.count(shape) + " elements of " + type.size()
                        + " bytes for " + type + ", got " + data.limit() + " bytes");
            }
            data = data.order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Room for the elements of a tensor, to be filled. */
        public static ByteBuffer room(DataType type, int elements) {
            return ByteBuffer.allocate(Math.multiplyExact(elements, type.size()))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Element number {@code index}, where a long can hold it; a float of 16 bits can not be asked for. */
        public long integer(int index) {
            return switch (type) {
                case BOOL, UINT8 -> data.get(index) & 0xFF;
                case INT8 -> data.get(index);
                case UINT16 -> data.getShort(2 * index) & 0xFFFF;
                case INT16 -> data.getShort(2 * index);
                case UINT32 -> data.getInt(4 * index) & 0xFFFF_FFFFL;
                case INT32 -> data.getInt(4 * index);
                case INT64, UINT64 -> data.getLong(8 * index);
                default -> throw new IllegalStateException(type + " is no integer");
            };
        }

        /** Element number {@code index} as a number. */
        public double number(int index) {
            return switch (type) {
                case FP32 -> data.getFloat(4 * index);
                case FP64 -> data.getDouble(8 * index);
                case FP16 -> Half.toFloat(data.getShort(2 * index));
                case BF16 -> Float.intBitsToFloat(data.getShort(2 * index) << 16);
                case UINT64 -> unsigned(data.getLong(8 * index));
                default -> integer(index);
            };
        }

        private static double unsigned(long bits) {
            double half = (bits >>> 1 | bits & 1) * 2.0;
            return bits >= 0 ? bits : half;
        }
    }

    /** Texts. */
    record Texts(long[] shape, String[] values) implements Tensor {
        public Texts {
            if (values.length != Tensor.count(shape)) {
                throw new IllegalArgumentException("expected " + Tensor.count(shape) + " texts, got " + values.length);
            }
        }

        @Override
        public DataType type() {
            return DataType.BYTES;
        }
    }
}
