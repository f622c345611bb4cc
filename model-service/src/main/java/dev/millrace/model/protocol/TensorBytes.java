package dev.millrace.model.protocol;

import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.Tensor;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Tensors as bytes: row-major and little-endian; a text is its length in four bytes and then its own. The same for the
 * binary data of HTTP bodies and the raw contents of gRPC.
 */
final class TensorBytes {
    private TensorBytes() {}

    /**
     * Reads a tensor from bytes, all of which are its own.
     *
     * @throws Refusal if they are not those of such a tensor
     */
    static Tensor read(String name, DataType type, long[] shape, ByteBuffer bytes) {
        return type == DataType.BYTES ? texts(name, shape, bytes) : fixed(name, type, shape, bytes);
    }

    private static Tensor fixed(String name, DataType type, long[] shape, ByteBuffer bytes) {
        int expected = Tensor.count(shape) * type.size();
        if (bytes.remaining() != expected) {
            throw Refusal.invalid("input '" + name + "': expected " + expected
                    + " bytes of binary data for its shape, got " + bytes.remaining());
        }
        ByteBuffer data = ByteBuffer.allocate(expected).put(bytes.duplicate()).flip();
        if (type == DataType.BOOL) {
            for (int i = 0; i < expected; i++) {
                // Whatever is not 0 is true; the runtime would keep a 7.
                data.put(i, (byte) (data.get(i) == 0 ? 0 : 1));
            }
        }
        return new Tensor.Fixed(type, shape, data);
    }

    private static Tensor texts(String name, long[] shape, ByteBuffer bytes) {
        ByteBuffer from = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int count = Tensor.count(shape);
        // Each has four bytes at least: what a shape claims is not believed before.
        if (count > from.remaining() / Integer.BYTES) {
            throw lengths(name);
        }
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            int length = from.remaining() < Integer.BYTES ? -1 : from.getInt();
            if (length < 0 || length > from.remaining()) {
                throw lengths(name);
            }
            byte[] text = new byte[length];
            from.get(text);
            texts[i] = text(name, text);
        }
        if (from.hasRemaining()) {
            throw lengths(name);
        }
        return new Tensor.Texts(shape, texts);
    }

    /** A text of those bytes. */
    static String text(String name, byte[] bytes) {
        // The runtime's Java takes texts, and ends them at U+0000 or writes it as two bytes.
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!Utf8.isValid(bytes, 0, bytes.length) || !Text.isStorable(text)) {
            throw Refusal.invalid("input '" + name
                    + "' has an element that is no UTF-8 text without U+0000, and the model takes texts");
        }
        return text;
    }

    private static Refusal lengths(String name) {
        return Refusal.invalid("input '" + name + "': its binary data is not, for each element of its shape,"
                + " a length of four bytes and as many bytes");
    }

    /** A tensor's bytes. */
    static byte[] write(Tensor tensor) {
        if (tensor instanceof Tensor.Fixed fixed) {
            byte[] bytes = new byte[fixed.data().limit()];
            fixed.data().duplicate().rewind().get(bytes);
            return bytes;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : ((Tensor.Texts) tensor).values()) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(utf8.length)
                    .array());
            bytes.writeBytes(utf8);
        }
        return bytes.toByteArray();
    }
}
