package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.drift.Reference;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.recommend.Recommender;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Models that recommend items by what a user chose. */
final class RecommendingKind implements ModelKind {
    @Override
    public String name() {
        return ModelDescription.RECOMMENDER;
    }

    @Override
    public Loaded load(StoredModel stored) throws OrtException, InvalidModelException {
        try {
            Reference reference = stored.description().reference();
            return Recommender.load(
                    stored.onnx(),
                    reference == null ? Set.of() : reference.features().keySet());
        } catch (IllegalArgumentException e) {
            throw new InvalidModelException(stored.place() + " can not recommend: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<String> misfit(ModelDescription description, Pipeline pipeline) {
        return declared(pipeline).isPresent()
                ? Optional.empty()
                : Optional.of("it recommends items, and the pipeline's model scores events (spec.model.recommend)");
    }

    @Override
    public List<String> fields(ModelDescription description, Pipeline pipeline) {
        return declared(pipeline).map(RecommendDeclaration::history).stream().toList();
    }

    private static Optional<RecommendDeclaration> declared(Pipeline pipeline) {
        return pipeline.declaration().spec().model().flatMap(ModelReference::recommend);
    }
}
