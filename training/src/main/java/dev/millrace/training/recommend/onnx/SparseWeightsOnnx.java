package dev.millrace.training.recommend.onnx;

import com.google.protobuf.ByteString;
import dev.millrace.training.recommend.learn.ItemWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Writes item-item weights of which each item has few as a {@link RecommendGraph} that holds and adds up those only. The same
 * weights give the same bytes.
 */
public final class SparseWeightsOnnx {
    private SparseWeightsOnnx() {}

    /** Gives the weights of each item that are not 0. */
    public interface Rows {
        /** Puts an item's into both; what stays is of no weight. */
        void of(int item, int[] places, float[] values);
    }

    /**
     * The model's bytes.
     *
     * @param most how many weights an item has at most that are not 0
     * @param items what the numbers mean, as JSON
     */
    public static byte[] write(ItemWeights weights, int most, String items) {
        return write(
                weights.items(),
                most,
                (from, places, values) -> {
                    int next = 0;
                    for (int to = 0; to < weights.items(); to++) {
                        if (weights.get(from, to) != 0) {
                            places[next] = to;
                            values[next++] = weights.get(from, to);
                        }
                    }
                },
                items);
    }

    /** The same of rows that are given one by one. */
    public static byte[] write(int count, int most, Rows rows, String items) {
        ByteString.Output places = ByteString.newOutput();
        ByteString.Output values = ByteString.newOutput();
        ByteBuffer place = ByteBuffer.allocate(most * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer value = ByteBuffer.allocate(most * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] rowPlaces = new int[most];
        float[] rowValues = new float[most];
        for (int from = 0; from < count; from++) {
            Arrays.fill(rowPlaces, from);
            Arrays.fill(rowValues, 0);
            rows.of(from, rowPlaces, rowValues);
            place.clear().asIntBuffer().put(rowPlaces);
            value.clear().asFloatBuffer().put(rowValues);
            places.write(place.array(), 0, place.capacity());
            values.write(value.array(), 0, value.capacity());
        }
        return new RecommendGraph(count)
                .numbers("weight_items", places.toByteString(), count, most)
                .matrix("weight_values", values.toByteString(), count, most)
                .matrix("nothing", ByteString.copyFrom(new byte[count * Float.BYTES]), count)
                .constant("unlisted", new long[count])
                .constant("flat", new long[] {-1})
                .constant("one", new long[] {1})
                .constant("end", new long[] {Integer.MAX_VALUE})
                .scalar("single", 1)
                .constant("none", new long[] {0})
                .add("Gather", List.of("weight_items", "items"), "rows", 0)
                .add("Gather", List.of("weight_values", "items"), "values", 0)
                .add("Reshape", List.of("weights", "column"), "weights_of_rows")
                .add("Mul", List.of("values", "weights_of_rows"), "weighed")
                .add("Reshape", List.of("rows", "flat"), "rows_flat")
                .add("Reshape", List.of("weighed", "flat"), "weighed_flat")
                .addScattered("nothing", "rows_flat", "weighed_flat", "scores", 0)
                .rank()
                // Of each item its place on the list, from 1; then each row is added up by places, and place 0 left
                // out.
                .add("Add", List.of("k", "one"), "width")
                .add("Squeeze", List.of("width", "none"), "width_alone")
                .add("Range", List.of("single", "width_alone", "single"), "places")
                .add("ScatterElements", List.of("unlisted", "top_items", "places"), "places_of_items", 0)
                .add("Gather", List.of("places_of_items", "rows"), "places_of_rows", 0)
                .add("Shape", List.of("items"), "height")
                .add("Concat", List.of("height", "width"), "size", 0)
                .add("ConstantOfShape", List.of("size"), "blank")
                .addScattered("blank", "places_of_rows", "values", "wide", 1)
                .add("Slice", List.of("wide", "one", "end", "one"), "shares")
                .explain()
                .toBytes(items);
    }
}
