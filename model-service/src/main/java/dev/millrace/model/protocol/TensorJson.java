package dev.millrace.model.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.Tensor;
import dev.millrace.pipeline.event.Text;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Tensors as JSON: an array of their elements in row-major order, flat or nested as the shape is. A float that is none (NaN)
 * is null; an infinite one is the text {@code Infinity} or {@code -Infinity}. Floats of 16 bits have no JSON.
 */
final class TensorJson {
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);
    private static final Map<String, Double> NOT_FINITE =
            Map.of("NaN", Double.NaN, "Infinity", Double.POSITIVE_INFINITY, "-Infinity", Double.NEGATIVE_INFINITY);

    private final String name;
    private final DataType type;
    private final long[] shape;
    private final int count;
    private final ByteBuffer fixed;
    private final String[] texts;
    private int next;

    private TensorJson(String name, DataType type, long[] shape, int claimed) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.count = claimed;
        this.fixed = Tensor.Fixed.room(type, type == DataType.BYTES ? 0 : claimed);
        this.texts = new String[type == DataType.BYTES ? claimed : 0];
    }

    /**
     * Reads a tensor.
     *
     * @throws Refusal if the elements are not of that type, or not as many as the shape has
     */
    static Tensor read(String name, DataType type, long[] shape, JsonNode data) {
        if (!hasJson(type)) {
            throw Refusal.invalid("input '" + name + "' is " + type
                    + ", which JSON has no form for; send it as binary data (binary_data_size)");
        }
        if (!data.isArray()) {
            throw Refusal.invalid("input '" + name + "': expected data, an array, got "
                    + (data.isMissingNode() ? "nothing" : Quoted.shortened(data.toString())));
        }
        int count = Tensor.count(shape);
        // What a shape claims is not believed before the data is seen to have as much.
        int there = elements(data);
        if (there != count) {
            throw Refusal.invalid("input '" + name + "': its shape has " + count + " elements, and its data " + there);
        }
        return new TensorJson(name, type, shape, count).read(data);
    }

    /** Whether JSON has a form for its elements. */
    static boolean hasJson(DataType type) {
        return type != DataType.FP16 && type != DataType.BF16;
    }

    private static int elements(JsonNode node) {
        if (!node.isArray()) {
            return 1;
        }
        int elements = 0;
        for (JsonNode child : node) {
            elements += elements(child);
        }
        return elements;
    }

    private Tensor read(JsonNode data) {
        if (data.size() == count && !data.path(0).isArray()) {
            data.forEach(this::add);
        } else {
            nested(data, 0);
        }
        return type == DataType.BYTES ? new Tensor.Texts(shape, texts) : new Tensor.Fixed(type, shape, fixed.flip());
    }

    private void nested(JsonNode node, int depth) {
        if (depth == shape.length) {
            if (node.isArray()) {
                throw ragged();
            }
            add(node);
            return;
        }
        if (!node.isArray() || node.size() != shape[depth]) {
            throw ragged();
        }
        for (JsonNode child : node) {
            nested(child, depth + 1);
        }
    }

    private Refusal ragged() {
        return Refusal.invalid("input '" + name + "': its data is nested otherwise than its shape says");
    }

    private void add(JsonNode element) {
        if (element.isArray()) {
            throw ragged();
        }
        switch (type) {
            case BOOL -> fixed.put((byte) (truth(element) ? 1 : 0));
            case BYTES -> texts[next] = text(element);
            case FP32 -> fixed.putFloat(single(element));
            case FP64 -> fixed.putDouble(real(element));
            default -> integer(element);
        }
        next++;
    }

    private boolean truth(JsonNode element) {
        if (element.isBoolean()) {
            return element.booleanValue();
        }
        if (element.isInt() && (element.intValue() == 0 || element.intValue() == 1)) {
            return element.intValue() == 1;
        }
        throw wrong("true or false", element);
    }

    private String text(JsonNode element) {
        if (!element.isTextual() || !Text.isStorable(element.textValue())) {
            throw wrong("a text without U+0000 and half surrogates", element);
        }
        return element.textValue();
    }

    private double real(JsonNode element) {
        if (element.isNull()) {
            return Double.NaN;
        }
        if (element.isTextual() && NOT_FINITE.containsKey(element.textValue())) {
            return NOT_FINITE.get(element.textValue());
        }
        if (!element.isNumber()) {
            throw wrong("a number", element);
        }
        double value = element.doubleValue();
        // Also what was written as an infinite number without quotes: nobody can tell it from one that is too large.
        if (Double.isInfinite(value)) {
            throw wrong("a number of " + type, element);
        }
        return value;
    }

    private float single(JsonNode element) {
        double value = real(element);
        float single = (float) value;
        if (Float.isInfinite(single) && !Double.isInfinite(value)) {
            throw wrong("a number of FP32", element);
        }
        return single;
    }

    private void integer(JsonNode element) {
        if (!element.isNumber() || !element.canConvertToExactIntegral()) {
            throw wrong("an integer", element);
        }
        BigInteger value = element.isIntegralNumber() && element.canConvertToLong()
                ? BigInteger.valueOf(element.longValue())
                : element.bigIntegerValue();
        int bits = 8 * type.size();
        boolean unsigned = type.name().startsWith("U");
        boolean fits = unsigned ? value.signum() >= 0 && value.bitLength() <= bits : value.bitLength() < bits;
        if (!fits) {
            throw wrong("an integer of " + type, element);
        }
        long low = value.longValue();
        switch (type.size()) {
            case 1 -> fixed.put((byte) low);
            case 2 -> fixed.putShort((short) low);
            case 4 -> fixed.putInt((int) low);
            default -> fixed.putLong(low);
        }
    }

    private Refusal wrong(String expected, JsonNode element) {
        return Refusal.invalid("input '" + name + "', element " + next + ": expected " + expected + ", got "
                + Quoted.shortened(element.toString()));
    }

    /** Writes a tensor's elements, flat. */
    static void write(Tensor tensor, JsonGenerator json) throws IOException {
        json.writeStartArray();
        if (tensor instanceof Tensor.Texts texts) {
            for (String text : texts.values()) {
                json.writeString(Text.storable(text));
            }
        } else {
            Tensor.Fixed fixed = (Tensor.Fixed) tensor;
            for (int i = 0; i < fixed.elements(); i++) {
                write(fixed, i, json);
            }
        }
        json.writeEndArray();
    }

    private static void write(Tensor.Fixed tensor, int index, JsonGenerator json) throws IOException {
        switch (tensor.type()) {
            case BOOL -> json.writeBoolean(tensor.integer(index) != 0);
            case FP32, FP64 -> writeReal(tensor, index, json);
            case UINT64 -> {
                BigInteger value = BigInteger.valueOf(tensor.integer(index));
                json.writeNumber(value.signum() < 0 ? value.add(TWO_TO_64) : value);
            }
            default -> json.writeNumber(tensor.integer(index));
        }
    }

    private static void writeReal(Tensor.Fixed tensor, int index, JsonGenerator json) throws IOException {
        double value = tensor.number(index);
        if (Double.isNaN(value)) {
            json.writeNull();
        } else if (Double.isInfinite(value)) {
            json.writeString(value > 0 ? "Infinity" : "-Infinity");
        } else if (tensor.type() == DataType.FP32) {
            json.writeNumber((float) value);
        } else {
            json.writeNumber(value);
        }
    }
}
