package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.reason.Explainer;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jboss.logging.Logger;

/**
 * What explains the scores of each model, found when it is first asked for. It is used only if it comes to the model's own
 * scores. Thread-safe.
 */
@ApplicationScoped
public class Explanations {
    private static final Logger LOG = Logger.getLogger(Explanations.class);
    /** A score is computed with floats, its explanation with doubles. */
    private static final double TOLERANCE = 1e-4;

    /** What explains a version goes with it when it is unloaded. */
    private final Map<Model, Optional<Explainer>> found = Collections.synchronizedMap(new WeakHashMap<>());

    /** What explains that model's scores; nothing where that is not known exactly. */
    Optional<Explainer> of(Model model) {
        Optional<Explainer> known = found.get(model);
        if (known == null) {
            known = find(model);
            found.put(model, known);
        }
        return known;
    }

    private static Optional<Explainer> find(Model model) {
        ModelDescription description = model.description();
        if (description.features().stream().anyMatch(Feature::isText)) {
            return Optional.empty();
        }
        double[] references = description.features().stream()
                .mapToDouble(feature -> ((Number) feature.reference()).doubleValue())
                .toArray();
        return model.scorer().graph().explainer(references).filter(explainer -> isTrue(explainer, model, references));
    }

    /** Tried at the reference values, and with each of them moved. */
    private static boolean isTrue(Explainer explainer, Model model, double[] references) {
        int width = references.length;
        int rows = 2 * width + 1;
        float[] values = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                values[row * width + i] = (float) references[i];
            }
            if (row > 0) {
                int moved = (row - 1) / 2;
                double by = (row % 2 == 0 ? 1 : -1) * (1 + Math.abs(references[moved]));
                values[row * width + moved] += (float) by;
            }
        }
        try {
            double[] scores = model.score(FeatureRows.of(values, width));
            for (int row = 0; row < rows; row++) {
                double raw = explainer.base();
                for (double effect : explainer.effects(values, row * width)) {
                    raw += effect;
                }
                double difference = Math.abs(explainer.score(raw) - scores[row]);
                if (!(difference <= TOLERANCE * Math.max(1, Math.abs(scores[row])))) {
                    LOG.warnf(
                            "model %s, version %s: its graph was read as %s, but that comes to %s where the model says %s;"
                                    + " reasons are given by replacing features",
                            model.description().name(),
                            model.description().version(),
                            explainer.method(),
                            explainer.score(raw),
                            scores[row]);
                    return false;
                }
            }
            return true;
        } catch (OrtException e) {
            return false;
        }
    }
}
