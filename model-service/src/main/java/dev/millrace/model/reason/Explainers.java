package dev.millrace.model.reason;

import dev.millrace.model.reason.Graph.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Finds in a model's graph what its scores can be explained by: trees whose nodes say how many rows of training they had
 * ({@code nodes_hitrates}), or a weighted sum; of the one input, and with nothing behind but numbers to multiply with and to
 * add, and a sigmoid. Stateless.
 */
final class Explainers {
    /** Operators that leave a score as it is, but for its shape. */
    private static final Set<String> SHAPES =
            Set.of("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "ZipMap", "Normalizer");

    private final Graph graph;
    private final double[] references;

    private Explainers(Graph graph, double[] references) {
        this.graph = graph;
        this.references = references;
    }

    /** What explains that graph; nothing where nothing exact can be told. */
    static Optional<Explainer> of(Graph graph, double[] references) {
        try {
            return new Explainers(graph, references).find();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<Explainer> find() {
        if (graph.inputs().size() != 1) {
            return Optional.empty();
        }
        double[] ones = new double[references.length];
        Arrays.fill(ones, 1);
        return follow(new Vector(graph.inputs().get(0), new double[references.length], ones, false));
    }

    /**
     * The features on their way, each less an offset and then multiplied.
     *
     * @param value the name that they have in the graph
     * @param centred whether what was taken away is the mean
     */
    private record Vector(String value, double[] offsets, double[] factors, boolean centred) {
        boolean isUntouched() {
            return Arrays.stream(offsets).allMatch(offset -> offset == 0)
                    && Arrays.stream(factors).allMatch(factor -> factor == 1);
        }

        Vector less(String next, double[] more) {
            double[] sums = new double[offsets.length];
            for (int i = 0; i < sums.length; i++) {
                sums[i] = offsets[i] + at(more, i) / factors[i];
            }
            return new Vector(next, sums, factors, true);
        }

        Vector times(String next, double[] more, boolean divided) {
            double[] products = new double[factors.length];
            for (int i = 0; i < products.length; i++) {
                products[i] = divided ? factors[i] / at(more, i) : factors[i] * at(more, i);
            }
            return new Vector(next, offsets, products, centred);
        }

        private static double at(double[] numbers, int i) {
            return numbers.length == 1 ? numbers[0] : numbers[i];
        }
    }

    private Optional<Explainer> follow(Vector vector) {
        List<Node> takers = graph.takersOf(vector.value());
        if (takers.size() != 1) {
            return Optional.empty();
        }
        Node node = takers.get(0);
        String output = node.outputs().get(0);
        return switch (node.operator()) {
            case "Identity", "Cast" -> follow(new Vector(output, vector.offsets(), vector.factors(), vector.centred()));
            case "Sub" -> constant(node, 1).flatMap(numbers -> follow(vector.less(output, numbers)));
            case "Div" -> constant(node, 1).flatMap(numbers -> follow(vector.times(output, numbers, true)));
            case "Mul" -> other(node, vector.value()).flatMap(numbers -> follow(vector.times(output, numbers, false)));
            case "Scaler" ->
                follow(vector.less(output, node.numbers("offset")).times(output, node.numbers("scale"), false));
            case "MatMul" -> constant(node, 1).flatMap(weights -> weighted(vector, weights, 0, output, Link.NONE));
            case "Gemm" -> gemm(node, vector, output);
            case "LinearRegressor" ->
                weighted(vector, node.numbers("coefficients"), first(node.numbers("intercepts")), output, Link.NONE);
            case "LinearClassifier" -> classifier(node, vector);
            case "TreeEnsembleRegressor" -> vector.isUntouched() ? regressor(node, output) : Optional.empty();
            case "TreeEnsembleClassifier" -> vector.isUntouched() ? treeClassifier(node) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Explainer> gemm(Node node, Vector vector, String output) {
        double bias = node.inputs().size() > 2
                ? constant(node, 2).map(Explainers::first).orElse(Double.NaN)
                : 0;
        boolean plain = isOne(node, "alpha") && isOne(node, "beta") && first(node.integers("transA")) == 0;
        return plain
                ? constant(node, 1).flatMap(weights -> weighted(vector, weights, bias, output, Link.NONE))
                : Optional.empty();
    }

    /** Of two classes, the last one's. */
    private Optional<Explainer> classifier(Node node, Vector vector) {
        double[] coefficients = node.numbers("coefficients");
        double[] intercepts = node.numbers("intercepts");
        int width = references.length;
        boolean binary = coefficients.length == 2 * width
                && node.text("post_transform", "NONE").equals("LOGISTIC");
        return binary && intercepts.length == 2
                ? weighted(
                        vector,
                        Arrays.copyOfRange(coefficients, width, 2 * width),
                        intercepts[1],
                        node.outputs().get(1),
                        Link.NONE.throughSigmoid())
                : Optional.empty();
    }

    private Optional<Explainer> weighted(Vector vector, double[] weights, double bias, String output, Link link) {
        int width = references.length;
        if (weights.length != width || !Double.isFinite(bias)) {
            return Optional.empty();
        }
        double[] whole = new double[width];
        double[] means = vector.centred() ? vector.offsets() : references;
        double sum = bias;
        for (int i = 0; i < width; i++) {
            whole[i] = weights[i] * vector.factors()[i];
            sum -= whole[i] * vector.offsets()[i];
        }
        double atZero = sum;
        return end(output, link).map(last -> new Weights(whole, means.clone(), atZero, last));
    }

    private Optional<Explainer> regressor(Node node, String output) {
        int[] targets = node.integers("target_ids");
        boolean one = Arrays.stream(targets).allMatch(target -> target == 0);
        String together = node.text("aggregate_function", "SUM");
        double[] weights = node.numbers("target_weights");
        if (!one || !Set.of("SUM", "AVERAGE").contains(together)) {
            return Optional.empty();
        }
        Ensemble ensemble = new Ensemble(node);
        for (int i = 0; i < weights.length; i++) {
            ensemble.leaf(node.integers("target_treeids")[i], node.integers("target_nodeids")[i], weights[i]);
        }
        double base = first(node.numbers("base_values"));
        double share = together.equals("AVERAGE") ? 1.0 / ensemble.size() : 1;
        return explained(ensemble, output, new Link(share, base, false), node);
    }

    /** Of the classes, the last one's; where all leaves are one class's, that is the positive one. */
    private Optional<Explainer> treeClassifier(Node node) {
        int[] classes = node.integers("class_ids");
        int last = Arrays.stream(classes).max().orElse(0);
        boolean single = Arrays.stream(classes).allMatch(one -> one == last);
        double[] weights = node.numbers("class_weights");
        double[] bases = node.numbers("base_values");
        int[] treeIds = node.integers("class_treeids");
        int[] nodeIds = node.integers("class_nodeids");
        Ensemble ensemble = new Ensemble(node);
        for (int i = 0; i < weights.length; i++) {
            if (classes[i] == last) {
                ensemble.leaf(treeIds[i], nodeIds[i], weights[i]);
            }
        }
        double base = bases.length == 0 ? 0 : single ? bases[0] : bases[bases.length - 1];
        return explained(ensemble, node.outputs().get(1), new Link(1, base, false), node);
    }

    private Optional<Explainer> explained(Ensemble ensemble, String output, Link link, Node node) {
        String after = node.text("post_transform", "NONE");
        if (!Set.of("NONE", "LOGISTIC").contains(after)) {
            return Optional.empty();
        }
        Trees trees = ensemble.trees();
        return trees.areCovered()
                ? end(output, after.equals("NONE") ? link : link.throughSigmoid())
                        .map(last -> new TreeShap(trees, references.length, last))
                : Optional.empty();
    }

    /** What is made of a sum from there on; nothing where that is anything else. */
    private Optional<Link> end(String value, Link link) {
        List<Node> takers = graph.takersOf(value);
        if (takers.isEmpty()) {
            return Optional.of(link);
        }
        Node node = takers.get(0);
        if (takers.size() > 1) {
            return Optional.empty();
        }
        String output = node.outputs().get(0);
        if (SHAPES.contains(node.operator())) {
            return end(output, link);
        }
        if (link.sigmoid()) {
            return Optional.empty();
        }
        return switch (node.operator()) {
            case "Sigmoid" -> end(output, link.throughSigmoid());
            case "Add" -> other(node, value).flatMap(number -> single(number, link::plus, output));
            case "Sub" -> constant(node, 1).flatMap(number -> single(number, more -> link.plus(-more), output));
            case "Mul" -> other(node, value).flatMap(number -> single(number, link::times, output));
            case "Div" -> constant(node, 1).flatMap(number -> single(number, by -> link.times(1 / by), output));
            default -> Optional.empty();
        };
    }

    private Optional<Link> single(double[] numbers, DoubleFunction<Link> next, String output) {
        return numbers.length == 1 ? end(output, next.apply(numbers[0])) : Optional.empty();
    }

    private Optional<double[]> constant(Node node, int place) {
        return node.inputs().size() > place
                ? Optional.ofNullable(graph.constants().get(node.inputs().get(place)))
                : Optional.empty();
    }

    /** The constant that an operator takes beside that value, on whichever side. */
    private Optional<double[]> other(Node node, String value) {
        return node.inputs().stream()
                .filter(input -> !input.equals(value))
                .findFirst()
                .map(graph.constants()::get);
    }

    private static boolean isOne(Node node, String name) {
        return !node.has(name) || first(node.numbers(name)) == 1;
    }

    private static double first(int[] numbers) {
        return numbers.length == 0 ? 0 : numbers[0];
    }

    private static double first(double[] numbers) {
        return numbers.length == 0 ? 0 : numbers[0];
    }

    /** The arrays of a tree ensemble operator (onnx.ai, "ai.onnx.ml", TreeEnsembleRegressor), by place in place of by id. */
    private static final class Ensemble {
        private final int[] treeIds;
        private final Map<Long, Integer> places = new HashMap<>();
        private final Node node;
        private final double[] values;

        Ensemble(Node node) {
            this.node = node;
            this.treeIds = node.integers("nodes_treeids");
            this.values = new double[treeIds.length];
            int[] nodeIds = node.integers("nodes_nodeids");
            for (int i = 0; i < treeIds.length; i++) {
                places.put(id(treeIds[i], nodeIds[i]), i);
            }
        }

        private static long id(int tree, int node) {
            return (long) tree << 32 | node;
        }

        void leaf(int tree, int leaf, double weight) {
            values[place(tree, leaf)] += weight;
        }

        private int place(int tree, int nodeId) {
            Integer place = places.get(id(tree, nodeId));
            if (place == null) {
                throw new IllegalArgumentException("tree " + tree + " has no node " + nodeId);
            }
            return place;
        }

        int size() {
            return (int) Arrays.stream(treeIds).distinct().count();
        }

        Trees trees() {
            int nodes = treeIds.length;
            List<String> names = node.texts("nodes_modes");
            Trees.Mode[] modes = names.stream().map(Trees.Mode::valueOf).toArray(Trees.Mode[]::new);
            double[] thresholds = node.numbers("nodes_values");
            int[] missing = node.integers("nodes_missing_value_tracks_true");
            int[] features = node.integers("nodes_featureids");
            int[] trueIds = node.integers("nodes_truenodeids");
            int[] falseIds = node.integers("nodes_falsenodeids");
            double[] hits = node.numbers("nodes_hitrates");
            float[] narrow = new float[nodes];
            boolean[] tracks = new boolean[nodes];
            int[] whenTrue = new int[nodes];
            int[] whenFalse = new int[nodes];
            boolean[] below = new boolean[nodes];
            for (int i = 0; i < nodes; i++) {
                narrow[i] = (float) thresholds[i];
                tracks[i] = missing.length == nodes && missing[i] != 0;
                if (modes[i] == Trees.Mode.LEAF) {
                    features[i] = -1;
                } else {
                    whenTrue[i] = place(treeIds[i], trueIds[i]);
                    whenFalse[i] = place(treeIds[i], falseIds[i]);
                    below[whenTrue[i]] = true;
                    below[whenFalse[i]] = true;
                }
            }
            int[] roots = IntStream.range(0, nodes).filter(i -> !below[i]).toArray();
            double[] covers = hits.length == nodes ? hits : new double[nodes];
            return new Trees(roots, features, modes, narrow, tracks, whenTrue, whenFalse, covers, values);
        }
    }
}
