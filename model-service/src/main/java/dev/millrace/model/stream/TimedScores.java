package dev.millrace.model.stream;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.Duration;
import java.util.List;

/** Scores of clean rows, one call of a version for all of them, timed. One thread. */
final class TimedScores {
    private final Schema clean;
    private final ModelMetrics metrics;

    TimedScores(Schema clean, ModelMetrics metrics) {
        this.clean = clean;
        this.metrics = metrics;
    }

    /** The scores of those rows, which whoever watches for drift gets to see. */
    double[] of(Model model, List<Row> rows, List<Integer> places) throws OrtException {
        FeatureRows values = features(model, rows, places);
        double[] scores = of(model, values);
        observe(model.description(), rows, places, values.numbers(), scores);
        return scores;
    }

    /** What was scored, for whoever watches for drift; the values are changed. */
    private void observe(
            ModelDescription description, List<Row> rows, List<Integer> places, float[] values, double[] scores) {
        if (description.reference() == null) {
            return;
        }
        FeatureReader features = FeatureReader.of(clean, description.features());
        for (int i = 0; i < places.size(); i++) {
            features.markMissing(rows.get(places.get(i)), values, i * features.size());
        }
        metrics.drift()
                .observe(
                        description.name(),
                        description.version(),
                        description.reference(),
                        description.featureNames(),
                        values,
                        scores);
    }

    /** What the model reads of those rows. */
    FeatureRows features(Model model, List<Row> rows, List<Integer> places) {
        FeatureReader features = FeatureReader.of(clean, model.description().features());
        FeatureRows values = new FeatureRows(places.size(), features.size());
        for (int i = 0; i < places.size(); i++) {
            features.read(rows.get(places.get(i)), values, i);
        }
        return values;
    }

    /** The scores of those values. */
    double[] of(Model model, FeatureRows values) throws OrtException {
        ModelDescription description = model.description();
        long start = System.nanoTime();
        double[] scores = model.score(values);
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - start));
        return scores;
    }
}
