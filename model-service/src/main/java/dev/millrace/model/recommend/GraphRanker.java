package dev.millrace.model.recommend;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.inference.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the graph of a version do all of it.
 *
 * @param model the graph
 * @param items how many items it knows
 */
record GraphRanker(OnnxModel model, int items) implements Ranker {
    /** What the graph is asked for. */
    static final List<String> GIVES = List.of("top_items", "top_scores", "because", "effects");

    @Override
    public List<Ranked> rank(int[] history, float[] weights, int k, boolean excludeSeen, Mask allowed, Runner runner)
            throws OrtException {
        ByteBuffer chosen = Tensor.Fixed.room(DataType.INT64, history.length);
        ByteBuffer weighing = Tensor.Fixed.room(DataType.FP32, history.length);
        for (int place = 0; place < history.length; place++) {
            chosen.putLong(Long.BYTES * place, history[place]);
            weighing.putFloat(Float.BYTES * place, weights[place]);
        }
        Map<String, Tensor> given = new LinkedHashMap<>();
        given.put("items", new Tensor.Fixed(DataType.INT64, new long[] {history.length}, chosen));
        given.put("weights", new Tensor.Fixed(DataType.FP32, new long[] {history.length}, weighing));
        given.put(
                "k",
                new Tensor.Fixed(
                        DataType.INT64,
                        new long[] {1},
                        Tensor.Fixed.room(DataType.INT64, 1).putLong(0, k)));
        given.put(
                "exclude_seen",
                new Tensor.Fixed(
                        DataType.BOOL,
                        new long[] {1},
                        Tensor.Fixed.room(DataType.BOOL, 1).put(0, (byte) (excludeSeen ? 1 : 0))));
        given.put("allowed", new Tensor.Fixed(DataType.BOOL, new long[] {items}, allowed.flags()));
        List<Tensor> answer = runner.run(model, given, GIVES);
        Tensor.Fixed places = (Tensor.Fixed) answer.get(0);
        Tensor.Fixed scores = (Tensor.Fixed) answer.get(1);
        Tensor.Fixed because = (Tensor.Fixed) answer.get(2);
        Tensor.Fixed effects = (Tensor.Fixed) answer.get(3);
        List<Ranked> ranked = new ArrayList<>(places.elements());
        for (int place = 0; place < places.elements() && scores.number(place) > Double.NEGATIVE_INFINITY; place++) {
            ranked.add(new Ranked(
                    (int) places.integer(place),
                    scores.number(place),
                    (int) because.integer(place),
                    effects.number(place)));
        }
        return ranked;
    }
}
