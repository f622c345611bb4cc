package dev.millrace.model.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the tensors that the runtime's Java has no type for: unsigned integers of 16, 32 and 64 bits. A graph of one Cast
 * takes a signed tensor of the same width, whose bits stay as they are. There is one session a type, for good. Thread-safe.
 */
final class UnsignedCast {
    private static final Map<DataType, OrtSession> SESSIONS = new ConcurrentHashMap<>();
    private static final int LENGTH_DELIMITED = 2;

    private UnsignedCast() {}

    /** The tensor with the same bits and the unsigned type; the signed one is closed. */
    @SuppressWarnings("resource") // The result holds nothing but the tensor, which the caller closes.
    static OnnxTensor cast(OrtEnvironment environment, OnnxTensor signed, DataType type) throws OrtException {
        try (signed) {
            return (OnnxTensor)
                    session(environment, type).run(Map.of("x", signed)).get(0);
        }
    }

    private static OrtSession session(OrtEnvironment environment, DataType type) throws OrtException {
        OrtSession session = SESSIONS.get(type);
        if (session == null) {
            OrtSession made = environment.createSession(graph(type));
            session = SESSIONS.putIfAbsent(type, made);
            if (session == null) {
                return made;
            }
            made.close();
        }
        return session;
    }

    /** The graph {@code y = Cast(x)} in the format of onnx.proto3, whose field numbers these are. */
    private static byte[] graph(DataType type) {
        int[] elements = switch (type) {
            case UINT16 -> new int[] {5, 4};
            case UINT32 -> new int[] {6, 12};
            case UINT64 -> new int[] {7, 13};
            default -> throw new IllegalArgumentException(type + " needs no cast");
        };
        byte[] to = join(text(1, "to"), number(3, elements[1]), number(20, 2));
        byte[] node = join(text(1, "x"), text(2, "y"), text(4, "Cast"), message(5, to));
        byte[] graph = join(
                message(1, node),
                text(2, "cast"),
                message(11, value("x", elements[0])),
                message(12, value("y", elements[1])));
        return join(number(1, 8), message(7, graph), message(8, number(2, 13)));
    }

    private static byte[] value(String name, int element) {
        return join(text(1, name), message(2, message(1, number(1, element))));
    }

    private static byte[] number(int field, int value) {
        // All of them are less than 128, so that a tag, or a value, is one byte; of tags from 16 on it is two.
        return field < 16
                ? new byte[] {(byte) (field << 3), (byte) value}
                : new byte[] {(byte) (field << 3 & 0x7F | 0x80), (byte) (field >> 4), (byte) value};
    }

    private static byte[] text(int field, String value) {
        return message(field, value.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] message(int field, byte[] content) {
        return join(new byte[] {(byte) (field << 3 | LENGTH_DELIMITED), (byte) content.length}, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
