package dev.millrace.model.stream;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Made;
import dev.millrace.model.traffic.Route;
import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.service.metrics.StageMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Makes scored records, or rejections, of clean ones, with one call of each version a batch; the shadow's scores become
 * records of the topic of predictions. One thread.
 */
final class BatchScorer {
    /** Of a declared score that stands in where no version is loaded. */
    private static final String NO_VERSION = "fallback";

    private static final String NO_LABEL = "unknown";
    /** Of a version whose scores have no labels. */
    private static final String WITHOUT_LABELS = "none";

    private final Pipeline pipeline;
    private final ModelMetrics metrics;
    private final RecordSizes sizes;
    private final Traffic traffic;
    private final boolean keepsPredictions;
    private final Schema scored;
    private final TimedScores timed;
    private final Rejections rejections;
    /** What was predicted since it was last counted: by version and route, and how. */
    private final Map<Tally, Integer> tallies = new HashMap<>();

    private record Tally(ModelDescription model, Route route, String outcome) {}

    BatchScorer(Pipeline pipeline, Traffic traffic, boolean keepsPredictions, ModelMetrics metrics, RecordSizes sizes) {
        this.pipeline = pipeline;
        this.traffic = traffic;
        this.keepsPredictions = keepsPredictions;
        this.metrics = metrics;
        this.sizes = sizes;
        this.scored = pipeline.scoredReader().schema();
        this.timed = new TimedScores(pipeline.cleanReader().schema(), metrics);
        this.rejections = new Rejections(pipeline.name(), sizes.rejected());
    }

    /** A row's score and who gave it. */
    private record Scored(double score, ModelDescription model, String label, Route route) {}

    /** A record for every clean one, those that are refused before the others, and one for each score of the shadow. */
    List<ProducerRecord<byte[], byte[]>> score(Iterable<ConsumerRecord<byte[], byte[]>> records, Split split)
            throws OrtException {
        tallies.clear();
        List<ProducerRecord<byte[], byte[]>> out = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> readable = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Reading reading = record.value() == null
                    ? new Reading.Refused(List.of(Violation.malformed("a JSON object", "nothing")))
                    : pipeline.cleanReader().read(record.value());
            if (reading instanceof Reading.Refused refused) {
                out.add(rejections.of(record, RejectionReason.of(refused.violations()), refused.violations()));
            } else {
                readable.add(record);
                rows.add(((Reading.Read) reading).row());
            }
        }
        if (!rows.isEmpty()) {
            Scored[] scores = score(rows, split);
            for (int i = 0; i < scores.length; i++) {
                out.add(scored(readable.get(i), rows.get(i), scores[i]));
            }
            if (split.shadow().isPresent() && keepsPredictions) {
                addShadow(out, split.shadow().get(), rows, scores);
            }
        }
        return out;
    }

    private Scored[] score(List<Row> rows, Split split) throws OrtException {
        Scored[] scores = new Scored[rows.size()];
        Map<Route, List<Integer>> routes = split.assign(rows);
        List<Integer> mains = new ArrayList<>(routes.getOrDefault(Route.MAIN, List.of()));
        List<Integer> canarys = routes.getOrDefault(Route.CANARY, List.of());
        if (!canarys.isEmpty() && !byCanary(split, rows, canarys, scores)) {
            mains.addAll(canarys);
        }
        if (!mains.isEmpty()) {
            byMain(split, rows, mains, scores);
        }
        return scores;
    }

    /** Whether the canary did; if not, the model itself has to. */
    private boolean byCanary(Split split, List<Row> rows, List<Integer> places, Scored[] scores) {
        Model canary = split.model(Route.CANARY).orElseThrow();
        try {
            fill(
                    canary,
                    Route.CANARY,
                    places,
                    scores,
                    traffic.guarded(canary, double[].class, () -> timed.of(canary, rows, places)));
            return true;
        } catch (OrtException e) {
            tally(canary.description(), Route.CANARY, "failed", places.size());
            return false;
        }
    }

    private void byMain(Split split, List<Row> rows, List<Integer> places, Scored[] scores) throws OrtException {
        Model main = split.main().filter(this::fits).orElse(null);
        if (main != null) {
            try {
                double[] given = split.hasFallback()
                        ? traffic.guarded(main, double[].class, () -> timed.of(main, rows, places))
                        : timed.of(main, rows, places);
                fill(main, Route.MAIN, places, scores, given);
                return;
            } catch (OrtException e) {
                if (!split.hasFallback()) {
                    throw e;
                }
                tally(main.description(), Route.MAIN, "failed", places.size());
            }
        }
        Model fallback = split.model(Route.FALLBACK).orElse(null);
        if (fallback != null) {
            fill(fallback, Route.FALLBACK, places, scores, timed.of(fallback, rows, places));
            return;
        }
        double score = split.fallbackScore().orElseThrow();
        ModelDescription description = split.main().map(Model::description).orElse(null);
        String label = description == null ? NO_LABEL : label(description, score);
        places.forEach(place -> scores[place] = new Scored(score, null, label, Route.FALLBACK));
    }

    private boolean fits(Model model) {
        return model.misfit(pipeline).isEmpty();
    }

    private static void fill(Model model, Route route, List<Integer> places, Scored[] scores, double[] given) {
        ModelDescription description = model.description();
        for (int i = 0; i < given.length; i++) {
            scores[places.get(i)] = new Scored(given[i], description, label(description, given[i]), route);
        }
    }

    private static String label(ModelDescription description, double score) {
        String label = description.label(score);
        return label == null ? WITHOUT_LABELS : label;
    }

    /** A shadow that fails is counted, and holds up nothing. */
    private void addShadow(List<ProducerRecord<byte[], byte[]>> out, Model shadow, List<Row> rows, Scored[] answered) {
        List<Integer> all = IntStream.range(0, rows.size())
                .filter(i -> answered[i].model() != null && Double.isFinite(answered[i].score()))
                .boxed()
                .toList();
        ModelDescription description = shadow.description();
        try {
            FeatureRows values = timed.features(shadow, rows, all);
            double[] scores = traffic.guarded(shadow, double[].class, () -> timed.of(shadow, values));
            for (int i = 0; i < scores.length; i++) {
                if (Double.isFinite(scores[i])) {
                    Scored other = answered[all.get(i)];
                    addShadow(out, description, rows.get(all.get(i)), values.part(i, 1), scores[i], other);
                } else {
                    tally(description, Route.SHADOW, "failed", 1);
                }
            }
        } catch (OrtException e) {
            tally(description, Route.SHADOW, "failed", all.size());
        }
    }

    private void addShadow(
            List<ProducerRecord<byte[], byte[]>> out,
            ModelDescription shadow,
            Row row,
            FeatureRows features,
            double score,
            Scored answered) {
        String label = shadow.label(score);
        if (label != null) {
            metrics.compared(shadow.name(), shadow.version(), label.equals(answered.label()));
        }
        tally(shadow, Route.SHADOW, "ok", 1);
        Made made = new Made(
                pipeline,
                shadow,
                Route.SHADOW,
                ModelMetrics.STREAM,
                Instant.now(),
                List.of(row),
                features,
                new double[] {score},
                Collections.singletonList(label),
                answered.model(),
                new double[] {answered.score()});
        for (ProducerRecord<byte[], byte[]> record : PredictionRecords.of(made)) {
            // One that the broker refuses would take the whole transaction with it, each time.
            if (RecordSizes.of(record) <= sizes.scored()) {
                out.add(record);
            } else {
                metrics.dropped(shadow.name(), 1);
            }
        }
    }

    private void tally(ModelDescription model, Route route, String outcome, int count) {
        tallies.merge(new Tally(model, route, outcome), count, Integer::sum);
    }

    private ProducerRecord<byte[], byte[]> scored(ConsumerRecord<byte[], byte[]> record, Row clean, Scored given) {
        if (!Double.isFinite(given.score())) {
            Violation violation = Violation.malformed("a finite score", Double.toString(given.score()));
            return rejections.of(record, RejectionReason.SCORE_FAILED, List.of(violation));
        }
        Object[] values = clean.valuesFor(scored);
        ModelDescription model = given.model();
        String name = pipeline.declaration().spec().model().orElseThrow().name();
        String version = model == null ? NO_VERSION : model.version();
        values[scored.ordinal(Pipeline.SCORE)] = given.score();
        values[scored.ordinal(Pipeline.LABEL)] = given.label();
        values[scored.ordinal(Pipeline.MODEL)] = name;
        values[scored.ordinal(Pipeline.MODEL_VERSION)] = version;
        ProducerRecord<byte[], byte[]> answer = new ProducerRecord<>(
                pipeline.topics().scored(),
                null,
                record.timestamp(),
                record.key(),
                pipeline.scoredWriter().write(new Row(scored, values)),
                record.headers());
        int size = RecordSizes.of(answer);
        if (size > sizes.scored()) {
            Violation violation = Violation.malformed(
                    "a scored record of at most " + sizes.scored() + " bytes, as its topic takes", size + " bytes");
            return rejections.of(record, RejectionReason.TOO_LARGE, List.of(violation));
        }
        if (model == null) {
            metrics.predicted(name, version, given.route().metric(ModelMetrics.STREAM), "ok", 1);
        } else {
            metrics.scored(name, version, given.score());
            tally(model, given.route(), "ok", 1);
        }
        return answer;
    }

    /** Counts what was committed. */
    void count(List<ProducerRecord<byte[], byte[]>> committed, Duration time) {
        String name = pipeline.name();
        long now = System.currentTimeMillis();
        int ok = 0;
        for (ProducerRecord<byte[], byte[]> record : committed) {
            Header reason = record.headers().lastHeader(Rejection.REASON_HEADER);
            if (record.topic().equals(pipeline.topics().predictions())) {
                continue;
            }
            if (reason == null) {
                ok++;
                metrics.stage().age(name, Duration.ofMillis(now - record.timestamp()));
            } else {
                metrics.rejected(
                        name, new RejectionReason(new String(reason.value(), java.nio.charset.StandardCharsets.UTF_8)));
            }
        }
        metrics.stage().events(name, StageMetrics.OK, ok);
        metrics.stage().worked(name, time);
        tallies.forEach((tally, count) -> metrics.predicted(
                tally.model().name(),
                tally.model().version(),
                tally.route().metric(ModelMetrics.STREAM),
                tally.outcome(),
                count));
    }
}
