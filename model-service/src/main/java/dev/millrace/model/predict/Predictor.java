package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.event.Row;
import dev.millrace.service.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores rows and says why. A reason's effect is the score less the score with that one feature at its training median
 * (single-feature replacement): with n features, a row is scored n + 1 times, all of them in one call of the model.
 * Thread-safe.
 */
final class Predictor {
    private final Model model;
    private final FeatureReader features;
    private final ModelMetrics metrics;
    private final int reasons;
    private final Runner runner;

    Predictor(Model model, FeatureReader features, ModelMetrics metrics, int reasons, Runner runner) {
        this.model = model;
        this.features = features;
        this.metrics = metrics;
        this.reasons = reasons;
        this.runner = runner;
    }

    /**
     * A prediction a row.
     *
     * @throws dev.millrace.service.problem.ProblemException 400 if the model has no finite score for a row
     * @throws OrtException if the model fails whatever it is given
     */
    List<Prediction> predict(List<Row> rows) throws OrtException {
        int width = features.size();
        // Where nobody wants reasons, nothing is replaced.
        int copies = reasons == 0 ? 1 : width + 1;
        float[] values = new float[rows.size() * copies * width];
        for (int row = 0; row < rows.size(); row++) {
            for (int copy = 0; copy < copies; copy++) {
                int start = (row * copies + copy) * width;
                features.read(rows.get(row), values, start);
                if (copy > 0) {
                    values[start + copy - 1] = features.reference(copy - 1);
                }
            }
        }
        ModelDescription description = model.description();
        long begin = System.nanoTime();
        double[] scores = model.score(values, rows.size() * copies, runner);
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - begin));
        requireFinite(scores, rows.size(), copies);
        List<Prediction> predictions = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            predictions.add(prediction(scores, row * copies, description));
        }
        metrics.predicted(description.name(), description.version(), ModelMetrics.HTTP, "ok", predictions.size());
        return predictions;
    }

    private static void requireFinite(double[] scores, int rows, int copies) {
        List<Problem.Entry> entries = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            double score = scores[row * copies];
            if (!Double.isFinite(score)) {
                entries.add(new Problem.Entry(
                        "/inputs/" + row, "an event that the model has a score for", "a score of " + score));
            }
        }
        if (!entries.isEmpty()) {
            throw PredictRequest.invalid(entries);
        }
    }

    private Prediction prediction(double[] scores, int start, ModelDescription description) {
        double score = scores[start];
        metrics.scored(description.name(), description.version(), score);
        List<Prediction.Reason> effects = IntStream.range(0, reasons == 0 ? 0 : features.size())
                .mapToObj(
                        i -> new Prediction.Reason(description.features().get(i).name(), score - scores[start + 1 + i]))
                .filter(reason -> reason.effect() != 0 && Double.isFinite(reason.effect()))
                .sorted(Comparator.comparingDouble((Prediction.Reason reason) -> -Math.abs(reason.effect())))
                .limit(reasons)
                .toList();
        return new Prediction(score, description.label(score), effects);
    }
}
