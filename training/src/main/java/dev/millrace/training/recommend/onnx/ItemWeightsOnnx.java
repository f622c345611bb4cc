package dev.millrace.training.recommend.onnx;

import com.google.protobuf.ByteString;
import dev.millrace.training.recommend.learn.ItemWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes item-item weights as a {@link RecommendGraph}. The same weights give the same bytes. */
public final class ItemWeightsOnnx {
    private ItemWeightsOnnx() {}

    /**
     * The model's bytes.
     *
     * @param items what the numbers mean, as JSON
     */
    public static byte[] write(ItemWeights weights, String items) {
        int count = weights.items();
        return new RecommendGraph(count)
                .matrix("item_weights", bytes(weights), count, count)
                .add("Gather", List.of("item_weights", "items"), "rows", 0)
                .add("MatMul", List.of("weights", "rows"), "scores")
                .rank()
                .add("Gather", List.of("rows", "top_items"), "shares", 1)
                .explain()
                .toBytes(items);
    }

    /** A row at a time, because 1.6 GB should not be held in lists of boxed numbers. */
    private static ByteString bytes(ItemWeights weights) {
        int count = weights.items();
        ByteString.Output bytes = ByteString.newOutput();
        byte[] row = new byte[count * Float.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < count; from++) {
            buffer.clear();
            for (int to = 0; to < count; to++) {
                buffer.putFloat(weights.get(from, to));
            }
            bytes.write(row, 0, row.length);
        }
        return bytes.toByteString();
    }
}
