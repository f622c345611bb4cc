package dev.millrace.model.recommend;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.inference.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version that recommends: a graph that ranks items by a history, and what its numbers mean. The graph takes {@code items},
 * {@code weights}, {@code k}, {@code exclude_seen} and {@code allowed}, and gives {@code top_items}, {@code top_scores},
 * {@code because} and {@code effects}; whatever the algorithm is. Thread-safe.
 */
public final class Recommender implements Loaded {
    private static final Map<String, DataType> TAKES = Map.of(
            "items", DataType.INT64,
            "weights", DataType.FP32,
            "k", DataType.INT64,
            "exclude_seen", DataType.BOOL,
            "allowed", DataType.BOOL);
    private static final List<String> GIVES = List.of("top_items", "top_scores", "because", "effects");
    private static final int WARM_UP_CALLS = 5;

    private final OnnxModel model;
    private final Items items;
    private final Conditions conditions;

    private Recommender(OnnxModel model, Items items) {
        this.model = model;
        this.items = items;
        this.conditions = new Conditions(items);
    }

    /**
     * Loads a version and tries it.
     *
     * @throws IllegalArgumentException if it is no graph that recommends, or nothing is said of its items
     * @throws OrtException if it is no ONNX model, or fails
     */
    public static Recommender load(byte[] onnx) throws OrtException {
        OnnxModel model = OnnxModel.load(onnx);
        try {
            requireShape(model);
            Items items = Items.read(model.note(Items.NOTE)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "its file says nothing of its items (" + Items.NOTE + " among its metadata)")));
            Recommender recommender = new Recommender(model, items);
            recommender.tryOut();
            return recommender;
        } catch (OrtException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static void requireShape(OnnxModel model) {
        TAKES.forEach((name, type) -> {
            if (model.inputs().stream().noneMatch(input -> input.name().equals(name) && input.type() == type)) {
                throw new IllegalArgumentException("its graph has no input '" + name + "' of " + type);
            }
        });
        List<String> outputs = model.outputs().stream().map(TensorSpec::name).toList();
        GIVES.stream().filter(name -> !outputs.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("its graph has no output '" + name + "'");
        });
    }

    private void tryOut() throws OrtException {
        int last = items.size() - 1;
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            for (Ranked ranked :
                    byHistory(new int[] {0, last}, 10, true, conditions.of(Optional.empty()), Runner.DIRECT)) {
                if (!Double.isFinite(ranked.score()) || ranked.item() > last) {
                    throw new IllegalArgumentException("it lists an item " + ranked.item() + " of " + items.size()
                            + " with a score of " + ranked.score());
                }
            }
        }
    }

    @Override
    public OnnxModel model() {
        return model;
    }

    /** What its numbers mean. */
    public Items items() {
        return items;
    }

    /**
     * The items that a condition allows.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    public Mask allowed(Optional<String> condition) {
        return conditions.of(condition);
    }

    /**
     * A list for who chose those items.
     *
     * @param history the numbers of what was chosen, the latest first; at least one
     * @param k how long the list is at most
     */
    public List<Ranked> byHistory(int[] history, int k, boolean excludeSeen, Mask allowed, Runner runner)
            throws OrtException {
        ByteBuffer chosen = Tensor.Fixed.room(DataType.INT64, history.length);
        ByteBuffer weights = Tensor.Fixed.room(DataType.FP32, history.length);
        for (int place = 0; place < history.length; place++) {
            chosen.putLong(Long.BYTES * place, history[place]);
            weights.putFloat(Float.BYTES * place, items.weight(place));
        }
        Map<String, Tensor> given = new LinkedHashMap<>();
        given.put("items", new Tensor.Fixed(DataType.INT64, new long[] {history.length}, chosen));
        given.put("weights", new Tensor.Fixed(DataType.FP32, new long[] {history.length}, weights));
        given.put(
                "k",
                new Tensor.Fixed(
                        DataType.INT64,
                        new long[] {1},
                        Tensor.Fixed.room(DataType.INT64, 1).putLong(0, Math.min(k, items.size()))));
        given.put(
                "exclude_seen",
                new Tensor.Fixed(
                        DataType.BOOL,
                        new long[] {1},
                        Tensor.Fixed.room(DataType.BOOL, 1).put(0, (byte) (excludeSeen ? 1 : 0))));
        given.put("allowed", new Tensor.Fixed(DataType.BOOL, new long[] {items.size()}, allowed.flags()));
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

    /**
     * What most users chose lately, the same for all: for who is not known.
     *
     * @param left items that are left out
     */
    public List<Ranked> popular(int[] left, int k, Mask allowed) {
        List<Ranked> ranked = new ArrayList<>();
        for (int place = 0; place < items.size() && ranked.size() < Math.min(k, allowed.size()); place++) {
            int item = items.atPopularity(place);
            if (allowed.allows(item) && Arrays.stream(left).noneMatch(other -> other == item)) {
                ranked.add(Ranked.popular(item, items.popularity(item)));
            }
        }
        return ranked;
    }

    @Override
    public void close() {
        model.close();
    }
}
