package dev.millrace.model.reason;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model's graph, as far as scores are explained by it. Immutable and thread-safe. */
public final class ModelGraph {
    private final Graph graph;

    private ModelGraph(Graph graph) {
        this.graph = graph;
    }

    /** The graph of that ONNX model; an empty one, which explains nothing, where it can not be read. */
    public static ModelGraph of(byte[] onnx) {
        try {
            return new ModelGraph(Graph.of(onnx));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException unreadable) {
            return new ModelGraph(new Graph(List.of(), List.of(), Map.of()));
        }
    }

    /**
     * What explains the model's scores; nothing where nothing exact can be told.
     *
     * @param references of each feature, what it is compared with where the model itself does not say its mean
     */
    public Optional<Explainer> explainer(double[] references) {
        return Explainers.of(graph, references);
    }
}
