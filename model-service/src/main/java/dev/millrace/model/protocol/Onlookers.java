package dev.millrace.model.protocol;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.predict.Shadows;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Made;
import dev.millrace.model.traffic.PredictionLog;
import dev.millrace.model.traffic.Route;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of an answer of a model that a pipeline scores its events with, beside being sent: its scores are counted and
 * compared with those of training, word of it is kept, and a shadow scores the same. Nobody waits for any of it.
 * Thread-safe.
 */
@ApplicationScoped
class Onlookers {
    private final ModelMetrics metrics;
    private final PredictionLog log;
    private final Shadows shadows;

    Onlookers(ModelMetrics metrics, PredictionLog log, Shadows shadows) {
        this.metrics = metrics;
        this.log = log;
        this.shadows = shadows;
    }

    /** The output that has to be there for them; nothing where they have nothing to look at. */
    static Optional<String> output(Turn turn) {
        return scorer(turn).map(OnnxScorer::output);
    }

    private static Optional<OnnxScorer> scorer(Turn turn) {
        boolean scores = turn.rules().isPresent()
                && turn.model().description().kind().equals(ModelDescription.SCORER)
                && turn.model().misfit(turn.rules().get().pipeline()).isEmpty();
        return scores ? Optional.of(turn.model().scorer()) : Optional.empty();
    }

    /**
     * Looks at what was answered.
     *
     * @param inputs what the version was given
     * @param output what it gave as the output that {@link #output} names
     * @param asked how it was asked for
     */
    void saw(Turn turn, Map<String, Tensor> inputs, Tensor output, String asked) {
        OnnxScorer scorer = scorer(turn).orElseThrow();
        FeatureRows features = scorer.features(inputs);
        double[] scores;
        try {
            scores = scorer.scores(output, features.rows());
        } catch (OrtException e) {
            // It gives another number of scores than it was given rows, and the client gets what it gave.
            return;
        }
        Pipeline pipeline = turn.rules().orElseThrow().pipeline();
        ModelDescription description = turn.model().description();
        for (double score : scores) {
            if (Double.isFinite(score)) {
                metrics.scored(description.name(), description.version(), score);
            }
        }
        metrics.drift()
                .observe(
                        description.name(),
                        description.version(),
                        description.reference(),
                        description.featureNames(),
                        features.numbers(),
                        scores);
        if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
            return;
        }
        Made made = made(turn, turn.route(), description, asked, features, scores, null, null);
        log.add(made);
        turn.rules()
                .get()
                .split()
                .shadow()
                .ifPresent(shadow -> shadows.later(
                        shadow.description(), asked, features.rows(), 0, () -> look(turn, pipeline, shadow, made)));
    }

    private void look(Turn turn, Pipeline pipeline, Model shadow, Made answered) throws OrtException {
        ModelDescription description = shadow.description();
        int rows = answered.count();
        String route = Route.SHADOW.metric(answered.asked());
        if (!description.featureNames().equals(answered.model().featureNames())) {
            // What it would need besides, nobody sent.
            metrics.predicted(description.name(), description.version(), route, "left_out", rows);
            return;
        }
        double[] scores = shadow.score(answered.features());
        if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
            metrics.predicted(description.name(), description.version(), route, "failed", rows);
            return;
        }
        metrics.predicted(description.name(), description.version(), route, "ok", rows);
        for (int i = 0; i < scores.length; i++) {
            metrics.scored(description.name(), description.version(), scores[i]);
            String label = description.label(scores[i]);
            if (label != null) {
                metrics.compared(
                        description.name(),
                        description.version(),
                        label.equals(answered.labels().get(i)));
            }
        }
        log.add(made(
                turn,
                Route.SHADOW,
                description,
                answered.asked(),
                answered.features(),
                scores,
                answered.model(),
                answered.scores()));
    }

    private static Made made(
            Turn turn,
            Route route,
            ModelDescription model,
            String asked,
            FeatureRows features,
            double[] scores,
            ModelDescription compared,
            double[] comparedScores) {
        Pipeline pipeline = turn.rules().orElseThrow().pipeline();
        return new Made(
                pipeline,
                model,
                route,
                asked,
                Instant.now(),
                Collections.nCopies(scores.length, row(pipeline, turn.key())),
                features,
                scores,
                Arrays.stream(scores).mapToObj(model::label).toList(),
                compared,
                comparedScores);
    }

    /** A row of which nothing is known but the key, where the client named one: what came are features, no event. */
    private static Row row(Pipeline pipeline, Optional<String> key) {
        Schema clean = pipeline.cleanReader().schema();
        Object[] values = new Object[clean.size()];
        PipelineDeclaration.Spec spec = pipeline.declaration().spec();
        int place =
                spec.canaryKey().or(() -> spec.event().key()).map(clean::find).orElse(-1);
        if (place >= 0 && clean.field(place).type() == FieldType.STRING) {
            values[place] = key.orElse(null);
        }
        return new Row(clean, values);
    }
}
