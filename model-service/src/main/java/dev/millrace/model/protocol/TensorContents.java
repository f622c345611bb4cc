package dev.millrace.model.protocol;

import com.google.protobuf.ByteString;
import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.protocol.grpc.InferTensorContents;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.ToLongFunction;

/** Tensors as gRPC's typed contents, which have a field for each type but floats of 16 bits. */
final class TensorContents {
    private TensorContents() {}

    /**
     * Reads a tensor.
     *
     * @throws Refusal if the field of its type has not as many elements as the shape, or one that the type does not hold
     */
    static Tensor read(String name, DataType type, long[] shape, InferTensorContents contents) {
        int count = Tensor.count(shape);
        int there = count(type, contents);
        if (there < 0) {
            throw Refusal.invalid("input '" + name + "' is " + type
                    + ", which typed contents have no field for; send raw_input_contents");
        }
        if (there != count) {
            throw Refusal.invalid("input '" + name + "': its shape has " + count + " elements, and its contents of "
                    + type + " " + there);
        }
        if (type == DataType.BYTES) {
            String[] texts = new String[count];
            for (int i = 0; i < count; i++) {
                texts[i] = TensorBytes.text(name, contents.getBytesContents(i).toByteArray());
            }
            return new Tensor.Texts(shape, texts);
        }
        ByteBuffer data = Tensor.Fixed.room(type, count);
        switch (type) {
            case BOOL -> contents.getBoolContentsList().forEach(value -> data.put((byte) (value ? 1 : 0)));
            case FP32 -> contents.getFp32ContentsList().forEach(data::putFloat);
            case FP64 -> contents.getFp64ContentsList().forEach(data::putDouble);
            case INT64 -> contents.getInt64ContentsList().forEach(data::putLong);
            case UINT64 -> contents.getUint64ContentsList().forEach(data::putLong);
            case INT8, INT16, INT32 -> put(name, type, contents.getIntContentsList(), Integer::longValue, data);
            default -> put(name, type, contents.getUintContentsList(), Integer::toUnsignedLong, data);
        }
        return new Tensor.Fixed(type, shape, data.flip());
    }

    private static int count(DataType type, InferTensorContents contents) {
        return switch (type) {
            case BOOL -> contents.getBoolContentsCount();
            case FP32 -> contents.getFp32ContentsCount();
            case FP64 -> contents.getFp64ContentsCount();
            case INT64 -> contents.getInt64ContentsCount();
            case UINT64 -> contents.getUint64ContentsCount();
            case INT8, INT16, INT32 -> contents.getIntContentsCount();
            case UINT8, UINT16, UINT32 -> contents.getUintContentsCount();
            case BYTES -> contents.getBytesContentsCount();
            case FP16, BF16 -> -1;
        };
    }

    private static void put(
            String name, DataType type, List<Integer> values, ToLongFunction<Integer> read, ByteBuffer data) {
        int bits = 8 * type.size();
        boolean unsigned = type.name().startsWith("U");
        long least = unsigned ? 0 : -(1L << bits - 1);
        long most = unsigned ? (1L << bits) - 1 : (1L << bits - 1) - 1;
        for (Integer each : values) {
            long value = read.applyAsLong(each);
            if (value < least || value > most) {
                throw Refusal.invalid("input '" + name + "': expected an integer of " + type + ", got " + value);
            }
            switch (type.size()) {
                case 1 -> data.put((byte) value);
                case 2 -> data.putShort((short) value);
                default -> data.putInt((int) value);
            }
        }
    }

    /** Whether there is a field for the type. */
    static boolean hasField(DataType type) {
        return type != DataType.FP16 && type != DataType.BF16;
    }

    /** A tensor's elements in the field of its type. */
    static InferTensorContents write(Tensor tensor) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        if (tensor instanceof Tensor.Texts texts) {
            for (String text : texts.values()) {
                contents.addBytesContents(ByteString.copyFromUtf8(text));
            }
            return contents.build();
        }
        Tensor.Fixed fixed = (Tensor.Fixed) tensor;
        for (int i = 0; i < fixed.elements(); i++) {
            switch (fixed.type()) {
                case BOOL -> contents.addBoolContents(fixed.integer(i) != 0);
                case FP32 -> contents.addFp32Contents((float) fixed.number(i));
                case FP64 -> contents.addFp64Contents(fixed.number(i));
                case INT64 -> contents.addInt64Contents(fixed.integer(i));
                case UINT64 -> contents.addUint64Contents(fixed.integer(i));
                case INT8, INT16, INT32 -> contents.addIntContents((int) fixed.integer(i));
                default -> contents.addUintContents((int) fixed.integer(i));
            }
        }
        return contents.build();
    }
}
