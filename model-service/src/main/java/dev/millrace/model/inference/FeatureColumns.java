package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which input of a graph each feature of a row goes to: columns of one tensor, or one named input a feature. Immutable and
 * thread-safe.
 */
final class FeatureColumns {
    /** One input, the features that are its columns in order, and whether it has one dimension alone. */
    private record Columns(TensorSpec input, int[] features, boolean flat) {}

    private final int width;
    private final List<Columns> inputs;

    private FeatureColumns(int width, List<Columns> inputs) {
        this.width = width;
        this.inputs = inputs;
    }

    /**
     * The columns of features with those names, in this order.
     *
     * @throws OrtException if the inputs do not take them; the message says what they take
     */
    static FeatureColumns of(List<TensorSpec> inputs, List<String> names) throws OrtException {
        for (TensorSpec input : inputs) {
            if (!input.takesRows() || input.shape().size() > 2) {
                throw new OrtException("expected inputs of rows × features, got " + input);
            }
        }
        List<Columns> columns = isByName(inputs, names) ? byName(inputs, names) : inOrder(inputs, names.size());
        return new FeatureColumns(names.size(), columns);
    }

    private static boolean isByName(List<TensorSpec> inputs, List<String> names) {
        return inputs.size() == names.size()
                && inputs.stream().allMatch(input -> Math.abs(input.width()) == 1)
                && new HashSet<>(names)
                        .equals(inputs.stream().map(TensorSpec::name).collect(Collectors.toSet()));
    }

    private static List<Columns> byName(List<TensorSpec> inputs, List<String> names) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        return inputs.stream()
                .map(input -> columns(input, places.get(input.name()), 1))
                .toList();
    }

    private static List<Columns> inOrder(List<TensorSpec> inputs, int features) throws OrtException {
        List<Columns> columns = new ArrayList<>();
        int next = 0;
        for (TensorSpec input : inputs) {
            long width = inputs.size() == 1 && input.width() < 0 ? features : input.width();
            if (width < 0 || next + width > features) {
                throw mismatch(inputs, features);
            }
            columns.add(columns(input, next, (int) width));
            next += (int) width;
        }
        if (next != features) {
            throw mismatch(inputs, features);
        }
        return columns;
    }

    private static Columns columns(TensorSpec input, int first, int count) {
        int[] features = new int[count];
        for (int i = 0; i < count; i++) {
            features[i] = first + i;
        }
        return new Columns(input, features, input.shape().size() == 1);
    }

    private static OrtException mismatch(List<TensorSpec> inputs, int features) {
        return new OrtException(
                "expected one input of rows × " + features + ", or one input a feature, with its name; got "
                        + inputs.stream().map(TensorSpec::toString).collect(Collectors.joining("; ")));
    }

    int width() {
        return width;
    }

    /** Whether a feature goes to an input of texts. */
    boolean takesText(int feature) {
        for (Columns columns : inputs) {
            for (int column : columns.features()) {
                if (column == feature) {
                    return columns.input().type() == DataType.BYTES;
                }
            }
        }
        return false;
    }

    /** The inputs of rows of numbers. */
    Map<String, Tensor> of(float[] values, int rows) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Columns columns : inputs) {
            tensors.put(columns.input().name(), numbers(columns, values, rows));
        }
        return tensors;
    }

    /** The inputs of rows of features. */
    Map<String, Tensor> of(FeatureRows rows) {
        if (!rows.hasTexts()) {
            return of(rows.numbers(), rows.rows());
        }
        Object[] values = new Object[rows.rows() * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.value(i / width, i % width);
        }
        return of(values, rows.rows());
    }

    /** The inputs of rows of numbers and texts. */
    Map<String, Tensor> of(Object[] values, int rows) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Columns columns : inputs) {
            tensors.put(
                    columns.input().name(),
                    columns.input().type() == DataType.BYTES
                            ? texts(columns, values, rows)
                            : numbers(columns, values, rows));
        }
        return tensors;
    }

    /** Inputs as the rows of features that they are. */
    FeatureRows rows(Map<String, Tensor> tensors) {
        int rows = tensors.values().iterator().next().rows();
        FeatureRows features = new FeatureRows(rows, width);
        for (Columns columns : inputs) {
            Tensor tensor = tensors.get(columns.input().name());
            int[] places = columns.features();
            for (int i = 0; i < rows * places.length; i++) {
                if (tensor instanceof Tensor.Texts texts) {
                    features.put(i / places.length, places[i % places.length], texts.values()[i]);
                } else {
                    float number = (float) ((Tensor.Fixed) tensor).number(i);
                    features.put(i / places.length, places[i % places.length], number);
                }
            }
        }
        return features;
    }

    private Tensor numbers(Columns columns, float[] values, int rows) {
        DataType type = columns.input().type();
        if (type == DataType.BYTES) {
            Object[] boxed = new Object[rows * width];
            for (int i = 0; i < boxed.length; i++) {
                boxed[i] = values[i];
            }
            return texts(columns, boxed, rows);
        }
        ByteBuffer data = Tensor.Fixed.room(type, rows * columns.features().length);
        for (int row = 0; row < rows; row++) {
            for (int feature : columns.features()) {
                if (type == DataType.FP32) {
                    data.putFloat(values[row * width + feature]);
                } else {
                    put(data, type, values[row * width + feature]);
                }
            }
        }
        return new Tensor.Fixed(type, shape(columns, rows), data.flip());
    }

    private Tensor numbers(Columns columns, Object[] values, int rows) {
        DataType type = columns.input().type();
        ByteBuffer data = Tensor.Fixed.room(type, rows * columns.features().length);
        for (int row = 0; row < rows; row++) {
            for (int feature : columns.features()) {
                Object value = values[row * width + feature];
                if (!(value instanceof Number number)) {
                    throw new IllegalArgumentException(
                            "input '" + columns.input().name() + "' takes numbers, and a feature of it is a text");
                }
                if (type.isInteger() && number instanceof Long whole) {
                    put(data, type, whole);
                } else {
                    put(data, type, number.doubleValue());
                }
            }
        }
        return new Tensor.Fixed(type, shape(columns, rows), data.flip());
    }

    private Tensor texts(Columns columns, Object[] values, int rows) {
        int[] features = columns.features();
        String[] texts = new String[rows * features.length];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < features.length; i++) {
                texts[row * features.length + i] = text(values[row * width + features[i]]);
            }
        }
        return new Tensor.Texts(shape(columns, rows), texts);
    }

    /** As scikit-learn's encoders were trained with texts: of a whole number its digits alone. */
    private static String text(Object value) {
        if (value instanceof Number number && !(value instanceof Long)) {
            double real = number.doubleValue();
            return real == Math.rint(real) && Math.abs(real) < 1e15 ? Long.toString((long) real) : number.toString();
        }
        return value.toString();
    }

    private static long[] shape(Columns columns, int rows) {
        return columns.flat() ? new long[] {rows} : new long[] {rows, columns.features().length};
    }

    /** A number in an integer's place is cut down to it, as Java's casts do. */
    private static void put(ByteBuffer data, DataType type, double value) {
        switch (type) {
            case FP32 -> data.putFloat((float) value);
            case FP64 -> data.putDouble(value);
            case FP16 -> data.putShort(Half.ofFloat((float) value));
            // Its upper half: what is cut off is less than what it can tell apart.
            case BF16 -> data.putShort((short) (Float.floatToRawIntBits((float) value) >>> 16));
            case BOOL -> data.put((byte) (value != 0 ? 1 : 0));
            default -> put(data, type, (long) value);
        }
    }

    private static void put(ByteBuffer data, DataType type, long value) {
        switch (type.size()) {
            case 1 -> data.put((byte) value);
            case 2 -> data.putShort((short) value);
            case 4 -> data.putInt((int) value);
            default -> data.putLong(value);
        }
    }
}
