package dev.millrace.model.recommend;

import dev.millrace.model.inference.Runner;
import dev.millrace.model.onnx.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Adds up the few weights that each item of a history has, and takes the best: what a graph of such weights does, without its
 * operators that scatter, which go by numbers of any shape ({@code ./millrace bench --recommend} tells what that costs). Its
 * weights are those of the graph, six bytes each. Thread-safe.
 */
final class WeightRows implements Ranker {
    private static final String PLACES = "weight_items";
    private static final String VALUES = "weight_values";
    private static final int MOST_ITEMS = Character.MAX_VALUE + 1;
    private static final int FLOAT = 1;
    private static final int INT_32 = 6;

    private final int items;
    private final int width;
    /** Of each item, a row of the items that its weights are for, and of the weights. */
    private final char[] places;

    private final float[] values;
    private final Queue<Scratch> free = new ConcurrentLinkedQueue<>();

    /** What one call writes on: as many as there are calls at once. */
    private static final class Scratch {
        private final float[] scores;
        /** Of what is listed, its place on the list, from 1; of all else 0. */
        private final short[] listed;

        Scratch(int items) {
            this.scores = new float[items];
            this.listed = new short[items];
        }
    }

    private WeightRows(int items, char[] places, float[] values) {
        this.items = items;
        this.width = places.length / items;
        this.places = places;
        this.values = values;
    }

    /** The weights in that file; nothing if it holds none of that form, or its items are too many. */
    static Optional<WeightRows> of(byte[] onnx, int items) {
        if (items > MOST_ITEMS) {
            return Optional.empty();
        }
        Optional<ByteBuffer> places = Optional.empty();
        Optional<ByteBuffer> values = Optional.empty();
        for (Wire graph : new Wire(ByteBuffer.wrap(onnx)).messages(7)) {
            for (Wire tensor : graph.messages(5)) {
                String name = tensor.text(8);
                if (name.equals(PLACES)) {
                    places = raw(tensor, INT_32, items);
                } else if (name.equals(VALUES)) {
                    values = raw(tensor, FLOAT, items);
                }
            }
        }
        return places.isPresent()
                        && values.isPresent()
                        && places.get().remaining() == values.get().remaining()
                ? read(items, places.get().asIntBuffer(), values.get().asFloatBuffer())
                : Optional.empty();
    }

    private static Optional<ByteBuffer> raw(Wire tensor, int type, int items) {
        ByteBuffer bytes = tensor.bytes(9).duplicate().order(ByteOrder.LITTLE_ENDIAN);
        boolean rows = bytes.hasRemaining() && bytes.remaining() % (Integer.BYTES * items) == 0;
        return rows && tensor.integer(2) == type ? Optional.of(bytes) : Optional.empty();
    }

    private static Optional<WeightRows> read(int items, IntBuffer numbers, FloatBuffer floats) {
        char[] places = new char[numbers.remaining()];
        for (int i = 0; i < places.length; i++) {
            int place = numbers.get(i);
            if (place < 0 || place >= items) {
                return Optional.empty();
            }
            places[i] = (char) place;
        }
        float[] values = new float[floats.remaining()];
        floats.get(values);
        return Optional.of(new WeightRows(items, places, values));
    }

    @Override
    public List<Ranked> rank(int[] history, float[] weights, int k, boolean excludeSeen, Mask allowed, Runner runner) {
        runner.beside();
        Scratch kept = free.poll();
        Scratch scratch = kept == null ? new Scratch(items) : kept;
        add(history, weights, scratch.scores);
        int[] best = best(history, k, excludeSeen, allowed, scratch.scores);
        List<Ranked> ranked = explained(best, history, weights, scratch);
        free.add(scratch);
        return ranked;
    }

    private void add(int[] history, float[] weights, float[] scores) {
        Arrays.fill(scores, 0);
        for (int i = 0; i < history.length; i++) {
            float weight = weights[i];
            int end = (history[i] + 1) * width;
            for (int at = history[i] * width; at < end; at++) {
                scores[places[at]] += weight * values[at];
            }
        }
    }

    private int[] best(int[] history, int k, boolean excludeSeen, Mask allowed, float[] scores) {
        if (excludeSeen) {
            for (int item : history) {
                scores[item] = Float.NEGATIVE_INFINITY;
            }
        }
        Best best = new Best(k);
        float floor = best.floor();
        for (int item = 0; item < items; item++) {
            if (scores[item] > floor && allowed.allows(item)) {
                best.add(item, scores[item]);
                floor = best.floor();
            }
        }
        return best.items();
    }

    /** Of each that is listed, which item of the history adds most to its score. */
    private List<Ranked> explained(int[] best, int[] history, float[] weights, Scratch scratch) {
        int[] because = new int[best.length];
        float[] effects = new float[best.length];
        float[] shares = new float[best.length];
        short[] listed = scratch.listed;
        for (int i = 0; i < best.length; i++) {
            listed[best[i]] = (short) (i + 1);
        }
        for (int place = 0; place < history.length; place++) {
            Arrays.fill(shares, 0);
            int end = (history[place] + 1) * width;
            for (int at = history[place] * width; at < end; at++) {
                int on = listed[places[at]];
                if (on > 0) {
                    shares[on - 1] += values[at];
                }
            }
            for (int i = 0; i < best.length; i++) {
                float effect = shares[i] * weights[place];
                if (place == 0 || effect > effects[i]) {
                    because[i] = place;
                    effects[i] = effect;
                }
            }
        }
        List<Ranked> ranked = new ArrayList<>(best.length);
        for (int i = 0; i < best.length; i++) {
            listed[best[i]] = 0;
            ranked.add(new Ranked(best[i], scratch.scores[best[i]], because[i], effects[i]));
        }
        return ranked;
    }
}
