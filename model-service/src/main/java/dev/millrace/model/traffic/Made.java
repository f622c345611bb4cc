package dev.millrace.model.traffic;

import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Row;
import java.time.Instant;
import java.util.List;

/**
 * Predictions that one version made in one call.
 *
 * @param pipeline the pipeline whose events they are of
 * @param model the version
 * @param route as what it made them
 * @param asked how they were asked for: {@code http}, {@code stream}
 * @param at when
 * @param rows the inputs as clean rows
 * @param features the rows as the version got them; none where no version was asked
 * @param scores a score a row
 * @param labels a label a row
 * @param compared the version that the shadow's are compared with, or null
 * @param comparedScores its scores, or null
 */
public record Made(
        Pipeline pipeline,
        ModelDescription model,
        Route route,
        String asked,
        Instant at,
        List<Row> rows,
        FeatureRows features,
        double[] scores,
        List<String> labels,
        ModelDescription compared,
        double[] comparedScores)
        implements Word {
    @Override
    public int count() {
        return rows.size();
    }
}
