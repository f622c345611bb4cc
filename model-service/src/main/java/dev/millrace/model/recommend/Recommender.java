package dev.millrace.model.recommend;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.DataType;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.inference.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

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
    private static final int TRIED_LENGTH = 10;
    /** Both add the same numbers up in the same order; a runtime to come may do so in another. */
    private static final double SAME = 1e-4;

    private static final Logger LOG = Logger.getLogger(Recommender.class);

    private final OnnxModel model;
    private final Items items;
    private final Conditions conditions;
    private final Ranker ranker;
    private final ListShape shape;

    private Recommender(OnnxModel model, Items items, byte[] onnx, Set<String> watched) throws OrtException {
        this.model = model;
        this.items = items;
        this.conditions = new Conditions(items);
        this.shape = ListShape.of(items, watched);
        Ranker graph = new GraphRanker(model, items.size());
        Ranker faster =
                WeightRows.of(onnx, items.size()).map(Ranker.class::cast).orElse(graph);
        this.ranker = tryOut(graph, faster) ? faster : graph;
    }

    /**
     * Loads a version and tries it.
     *
     * @param watched what is looked at of its lists
     * @throws IllegalArgumentException if it is no graph that recommends, or nothing is said of its items
     * @throws OrtException if it is no ONNX model, or fails
     */
    public static Recommender load(byte[] onnx, Set<String> watched) throws OrtException {
        OnnxModel model = OnnxModel.load(onnx);
        try {
            requireShape(model);
            Items items = Items.read(model.note(Items.NOTE)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "its file says nothing of its items (" + Items.NOTE + " among its metadata)")));
            return new Recommender(model, items, onnx, watched);
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
        GraphRanker.GIVES.stream()
                .filter(name -> !outputs.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("its graph has no output '" + name + "'");
                });
    }

    /** Tries the graph, and says whether the other comes to the same; a graph of another author may mean something else. */
    private boolean tryOut(Ranker graph, Ranker other) throws OrtException {
        Mask all = conditions.of(Optional.empty());
        int k = Math.min(TRIED_LENGTH, items.size());
        boolean same = true;
        for (int length = 1; length <= TRIED_LENGTH; length++) {
            int[] history = new int[length];
            float[] weights = new float[length];
            for (int place = 0; place < length; place++) {
                history[place] = (int) ((long) place * length * (items.size() - 1) / TRIED_LENGTH % items.size());
                weights[place] = items.weight(place);
            }
            List<Ranked> ranked = graph.rank(history, weights, k, true, all, Runner.DIRECT);
            requireItems(ranked);
            same &= isSame(ranked, other.rank(history, weights, k, true, all, Runner.DIRECT));
        }
        if (!same) {
            LOG.warn("a graph of items' weights means something else than their sum, so that it is run as it is");
        }
        return same;
    }

    private void requireItems(List<Ranked> ranked) {
        for (Ranked one : ranked) {
            if (!Double.isFinite(one.score()) || one.item() < 0 || one.item() >= items.size()) {
                throw new IllegalArgumentException(
                        "it lists an item " + one.item() + " of " + items.size() + " with a score of " + one.score());
            }
        }
    }

    private static boolean isSame(List<Ranked> one, List<Ranked> other) {
        return one.size() == other.size()
                && IntStream.range(0, one.size())
                        .allMatch(i -> one.get(i).item() == other.get(i).item()
                                && Math.abs(one.get(i).score() - other.get(i).score()) < SAME
                                && Math.abs(one.get(i).effect() - other.get(i).effect()) < SAME);
    }

    @Override
    public OnnxModel model() {
        return model;
    }

    /** What its numbers mean. */
    public Items items() {
        return items;
    }

    /** What is looked at of its lists. */
    public ListShape shape() {
        return shape;
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
        float[] weights = new float[history.length];
        for (int place = 0; place < history.length; place++) {
            weights[place] = items.weight(place);
        }
        return ranker.rank(history, weights, Math.min(k, items.size()), excludeSeen, allowed, runner);
    }

    @Override
    public void close() {
        model.close();
    }
}
