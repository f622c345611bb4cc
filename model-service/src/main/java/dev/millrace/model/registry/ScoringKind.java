package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.inference.Loaded;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.inference.Runner;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import java.util.List;
import java.util.Optional;

/** Models that score events by features. */
final class ScoringKind implements ModelKind {
    /** More than one row, so that a model whose input is fixed at one is not found out by the first batch. */
    private static final int[] TRIALS = {1, 2, 16};

    @Override
    public String name() {
        return ModelDescription.SCORER;
    }

    @Override
    public Loaded load(StoredModel stored) throws OrtException, InvalidModelException {
        ModelDescription description = stored.description();
        OnnxScorer scorer = OnnxScorer.load(stored.onnx(), description.featureNames());
        try {
            requireTexts(stored, scorer);
            tryOut(stored, scorer);
            return scorer;
        } catch (OrtException | InvalidModelException e) {
            scorer.close();
            throw e;
        }
    }

    private static void requireTexts(StoredModel stored, OnnxScorer scorer) throws InvalidModelException {
        List<Feature> features = stored.description().features();
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).isText() && !scorer.takesText(i)) {
                throw new InvalidModelException(stored.place() + " takes numbers as its feature '"
                        + features.get(i).name() + "', and the reference of that is a text, '"
                        + features.get(i).reference() + "'");
            }
        }
    }

    private static void tryOut(StoredModel stored, OnnxScorer scorer) throws OrtException, InvalidModelException {
        for (int rows : TRIALS) {
            for (double score : scorer.score(stored.description().references(rows), Runner.DIRECT)) {
                if (!Double.isFinite(score)) {
                    throw new InvalidModelException(stored.place() + " scores its own reference values as " + score);
                }
            }
        }
    }

    @Override
    public Optional<String> misfit(ModelDescription description, Pipeline pipeline) {
        if (pipeline.declaration().spec().model().filter(ModelReference::scores).isEmpty()) {
            return Optional.of("it scores events, and the pipeline's model recommends");
        }
        try {
            FeatureReader.of(pipeline.cleanReader().schema(), description.features());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public List<String> fields(ModelDescription description, Pipeline pipeline) {
        return description.featureNames();
    }
}
