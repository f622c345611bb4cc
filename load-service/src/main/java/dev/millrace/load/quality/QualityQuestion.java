package dev.millrace.load.quality;

import dev.millrace.load.schema.TableName;
import dev.millrace.load.warehouse.LabelTable;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.pipeline.declaration.TrainingDeclaration;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked of a warehouse to know how good a pipeline's model is: the days whose labels are known by now, as many as a
 * training would test on.
 *
 * @param pipeline the pipeline
 * @param positive what the model calls a positive event
 * @param sql the question, with the positive label and the pipeline as its parameters
 */
record QualityQuestion(String pipeline, String positive, String sql) {
    private static final String POSITIVE = "positive";

    /** The question; empty for a pipeline without a model, labels or tables. */
    static Optional<QualityQuestion> of(Pipeline pipeline, String schema) {
        Optional<SinkDeclaration.Postgres> star = pipeline.declaration().spec().sinks().stream()
                .filter(SinkDeclaration.Postgres.class::isInstance)
                .map(SinkDeclaration.Postgres.class::cast)
                .findFirst();
        Optional<ModelReference> model = pipeline.declaration().spec().model().filter(ModelReference::scores);
        Set<String> declared = pipeline.declaration().spec().labels().keySet();
        Optional<String> id = pipeline.declaration().spec().event().id();
        if (star.isEmpty() || model.isEmpty() || id.isEmpty()) {
            return Optional.empty();
        }
        TrainingDeclaration training = model.get().effectiveTraining();
        Optional<String> labels = training.labels()
                .or(() -> declared.size() == 1 ? declared.stream().findFirst() : Optional.empty());
        return labels.map(name -> new QualityQuestion(
                pipeline.name(),
                training.positive().orElse(POSITIVE),
                sql(
                        new TableName(schema, star.get().fact().table()).quoted(),
                        LabelTable.named(schema, name).quoted(),
                        TableName.quote(id.get()),
                        TableName.quote(pipeline.declaration().spec().event().time()),
                        training)));
    }

    private static String sql(String fact, String labels, String id, String time, TrainingDeclaration training) {
        return """
                WITH known AS (
                  SELECT f.model, f.model_version, f.score, f.label = ? AS alarm, coalesce(l.label, 0) > 0 AS positive
                  FROM %1$s f
                  CROSS JOIN (SELECT max(%4$s) - interval '%5$d days' AS until FROM %1$s) newest
                  LEFT JOIN (SELECT DISTINCT ON (event_id) event_id, label FROM %2$s WHERE pipeline = ?
                             ORDER BY event_id, accepted_at DESC, seq DESC) l ON l.event_id = f.%3$s::text
                  WHERE f.%4$s > newest.until - interval '%6$d days' AND f.%4$s <= newest.until
                ), ranked AS (
                  SELECT model, model_version, score, count(*) AS rows,
                         count(*) FILTER (WHERE positive) AS positives,
                         count(*) FILTER (WHERE alarm) AS alarms,
                         count(*) FILTER (WHERE alarm AND positive) AS caught
                  FROM known GROUP BY model, model_version, score
                ), cumulated AS (
                  SELECT *, sum(rows) OVER falling AS seen, sum(positives) OVER falling AS found
                  FROM ranked WINDOW falling AS (PARTITION BY model, model_version ORDER BY score DESC)
                )
                SELECT model, model_version, sum(rows), sum(positives), sum(alarms), sum(caught),
                       sum(positives * found::float8 / seen)
                FROM cumulated GROUP BY model, model_version
                """.formatted(fact, labels, id, time, training.delayDays(), training.testDays());
    }
}
