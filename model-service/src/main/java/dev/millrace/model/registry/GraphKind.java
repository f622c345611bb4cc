package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.inference.PlainGraph;
import dev.millrace.pipeline.Pipeline;
import java.util.List;
import java.util.Optional;

/** Graphs that the Open Inference Protocol alone asks, whatever they take and give: classifiers of many classes, say. */
final class GraphKind implements ModelKind {
    @Override
    public String name() {
        return ModelDescription.GRAPH;
    }

    @Override
    public Loaded load(StoredModel stored) throws OrtException {
        return PlainGraph.load(stored.onnx());
    }

    @Override
    public Optional<String> misfit(ModelDescription description, Pipeline pipeline) {
        return Optional.of("it is registered as a graph, which neither scores events nor recommends; ask it by the"
                + " Open Inference Protocol (/v2/models)");
    }

    @Override
    public List<String> fields(ModelDescription description, Pipeline pipeline) {
        return List.of();
    }
}
