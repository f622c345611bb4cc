package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.reason.Explainer;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Route;
import dev.millrace.pipeline.declaration.ReasonDeclaration;
import dev.millrace.service.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Scores rows and says why. Where the model can be explained exactly, a reason's effect is what the explainer says. Where it
 * can not, it is the score less the score with that one feature at its training median (single-feature replacement): with
 * n features, a row is then scored n + 1 times, all of them in one call of the model. Thread-safe.
 */
final class Predictor {
    /** How reasons are found where nothing exact is known. */
    static final String REPLACEMENT = "single_feature_replacement";

    private final Model model;
    private final FeatureReader features;
    private final Optional<Explainer> explainer;
    private final Map<String, ReasonDeclaration> texts;
    private final ModelMetrics metrics;
    private final int reasons;
    private final Runner runner;
    private final Route route;

    /**
     * @param texts what reasons are called, by their features
     * @param reasons how many a prediction is given
     * @param runner how the model is run
     * @param route as what it predicts
     */
    Predictor(
            Model model,
            FeatureReader features,
            Optional<Explainer> explainer,
            Map<String, ReasonDeclaration> texts,
            ModelMetrics metrics,
            int reasons,
            Runner runner,
            Route route) {
        this.model = model;
        this.features = features;
        this.explainer = explainer;
        this.texts = texts;
        this.metrics = metrics;
        this.reasons = reasons;
        this.runner = runner;
        this.route = route;
    }

    /** How the reasons are found. */
    String method() {
        return explainer.map(Explainer::method).orElse(REPLACEMENT);
    }

    /** What the effects of reasons are parts of. */
    ReasonsScale scale() {
        return explainer.filter(Explainer::isLogOdds).isPresent() ? ReasonsScale.LOG_ODDS : ReasonsScale.SCORE;
    }

    /**
     * What was predicted.
     *
     * @param predictions a prediction a row
     * @param features the rows as the model got them
     * @param scores a score a row
     */
    record Predicted(List<Prediction> predictions, FeatureRows features, double[] scores) {}

    /**
     * A prediction a row.
     *
     * @param places which input of the request each row is
     * @throws dev.millrace.service.problem.ProblemException 400 if the model has no finite score for a row
     * @throws OrtException if the model fails whatever it is given
     */
    Predicted predict(List<Completed> rows, List<Integer> places, boolean withFeatures) throws OrtException {
        int width = features.size();
        int copies = explainer.isPresent() || reasons == 0 ? 1 : width + 1;
        FeatureRows values = new FeatureRows(rows.size() * copies, width);
        for (int row = 0; row < rows.size(); row++) {
            for (int copy = 0; copy < copies; copy++) {
                int place = row * copies + copy;
                features.read(rows.get(row).row(), values, place);
                if (copy > 0) {
                    features.replace(values, place, copy - 1);
                }
            }
        }
        ModelDescription description = model.description();
        long begin = System.nanoTime();
        double[] scores = model.score(values, runner);
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - begin));
        requireFinite(scores, places, copies);
        List<Prediction> predictions = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            double score = scores[row * copies];
            metrics.scored(description.name(), description.version(), score);
            double[] effects = copies > 1 ? replaced(scores, row * copies) : explained(values.numbers(), row * width);
            Completed input = rows.get(row);
            predictions.add(new Prediction(
                    score,
                    description.label(score),
                    reasons(effects),
                    input.featuresAsOf(),
                    withFeatures ? Optional.of(input.values(description.featureNames())) : Optional.empty(),
                    Optional.empty()));
        }
        metrics.predicted(
                description.name(), description.version(), route.metric(ModelMetrics.HTTP), "ok", predictions.size());
        Predicted predicted = new Predicted(predictions, values.every(copies), every(scores, copies));
        if (description.reference() != null) {
            observe(rows, predicted);
        }
        return predicted;
    }

    /** What was asked, without the copies that reasons are found by, for whoever watches for drift. */
    private void observe(List<Completed> rows, Predicted predicted) {
        float[] asked = predicted.features().numbers().clone();
        for (int row = 0; row < rows.size(); row++) {
            features.markMissing(rows.get(row).row(), asked, row * features.size());
        }
        ModelDescription description = model.description();
        metrics.drift()
                .observe(
                        description.name(),
                        description.version(),
                        description.reference(),
                        description.featureNames(),
                        asked,
                        predicted.scores());
    }

    private static double[] every(double[] scores, int copies) {
        return IntStream.range(0, scores.length / copies)
                .mapToDouble(row -> scores[row * copies])
                .toArray();
    }

    private static void requireFinite(double[] scores, List<Integer> places, int copies) {
        List<Problem.Entry> entries = new ArrayList<>();
        for (int row = 0; row < places.size(); row++) {
            double score = scores[row * copies];
            if (!Double.isFinite(score)) {
                entries.add(new Problem.Entry(
                        "/inputs/" + places.get(row),
                        "an event that the model has a score for",
                        "a score of " + score));
            }
        }
        if (!entries.isEmpty()) {
            throw PredictRequest.invalid(entries);
        }
    }

    private double[] explained(float[] values, int index) {
        return reasons == 0 || explainer.isEmpty()
                ? new double[0]
                : explainer.get().effects(values, index);
    }

    private double[] replaced(double[] scores, int start) {
        double[] effects = new double[features.size()];
        for (int i = 0; i < effects.length; i++) {
            effects[i] = scores[start] - scores[start + 1 + i];
        }
        return effects;
    }

    private List<Prediction.Reason> reasons(double[] effects) {
        return IntStream.range(0, effects.length)
                .filter(i -> effects[i] != 0 && Double.isFinite(effects[i]))
                .mapToObj(i -> reason(model.description().features().get(i).name(), effects[i]))
                .sorted(Comparator.comparingDouble((Prediction.Reason reason) -> -Math.abs(reason.effect())))
                .limit(reasons)
                .toList();
    }

    private Prediction.Reason reason(String feature, double effect) {
        ReasonDeclaration declared = texts.get(feature);
        return new Prediction.Reason(feature, effect, declared == null ? Optional.empty() : declared.of(effect));
    }
}
