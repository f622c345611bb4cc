package dev.millrace.model.stream;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import dev.millrace.service.rejection.RejectedRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Makes scored records, or rejections, of clean ones, with one call of the model a batch. One thread. */
final class BatchScorer {
    private static final int KEPT_OF_TOO_LARGE = 64 * 1024;

    private final Pipeline pipeline;
    private final ModelMetrics metrics;
    private final RecordSizes sizes;
    private final Schema scored;

    BatchScorer(Pipeline pipeline, ModelMetrics metrics, RecordSizes sizes) {
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.sizes = sizes;
        this.scored = pipeline.scoredReader().schema();
    }

    /** A record for every clean one, in order. */
    List<ProducerRecord<byte[], byte[]>> score(Iterable<ConsumerRecord<byte[], byte[]>> records, Model model)
            throws OrtException {
        List<ProducerRecord<byte[], byte[]>> out = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> readable = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Reading reading = record.value() == null
                    ? new Reading.Refused(List.of(Violation.malformed("a JSON object", "nothing")))
                    : pipeline.cleanReader().read(record.value());
            if (reading instanceof Reading.Refused refused) {
                out.add(reject(record, RejectionReason.of(refused.violations()), refused.violations()));
            } else {
                readable.add(record);
                rows.add(((Reading.Read) reading).row());
            }
        }
        if (!rows.isEmpty()) {
            double[] scores = call(model, rows);
            for (int i = 0; i < scores.length; i++) {
                out.add(scored(readable.get(i), rows.get(i), scores[i], model.description()));
            }
        }
        return out;
    }

    private double[] call(Model model, List<Row> rows) throws OrtException {
        ModelDescription description = model.description();
        FeatureReader features = FeatureReader.of(pipeline.cleanReader().schema(), description.features());
        float[] values = new float[rows.size() * features.size()];
        for (int i = 0; i < rows.size(); i++) {
            features.read(rows.get(i), values, i * features.size());
        }
        long start = System.nanoTime();
        double[] scores = model.score(values, rows.size());
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - start));
        if (description.reference() != null) {
            for (int i = 0; i < rows.size(); i++) {
                features.markMissing(rows.get(i), values, i * features.size());
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
        return scores;
    }

    private ProducerRecord<byte[], byte[]> scored(
            ConsumerRecord<byte[], byte[]> record, Row clean, double score, ModelDescription model) {
        if (!Double.isFinite(score)) {
            Violation violation = Violation.malformed("a finite score", Double.toString(score));
            return reject(record, RejectionReason.SCORE_FAILED, List.of(violation));
        }
        Object[] values = clean.valuesFor(scored);
        values[scored.ordinal(Pipeline.SCORE)] = score;
        values[scored.ordinal(Pipeline.LABEL)] = model.label(score);
        values[scored.ordinal(Pipeline.MODEL)] = model.name();
        values[scored.ordinal(Pipeline.MODEL_VERSION)] = model.version();
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
            return reject(record, RejectionReason.TOO_LARGE, List.of(violation));
        }
        metrics.scored(model.name(), model.version(), score);
        return answer;
    }

    private ProducerRecord<byte[], byte[]> reject(
            ConsumerRecord<byte[], byte[]> record, RejectionReason reason, List<Violation> violations) {
        String place = record.topic() + "-" + record.partition() + "@" + record.offset();
        String id = EventHeaders.idOf(name -> {
                    Header header = record.headers().lastHeader(name);
                    return header == null ? null : header.value();
                })
                .orElseGet(() -> EventId.of(record.topic() + "-" + record.partition(), record.offset()));
        Rejection rejection = new Rejection(
                pipeline.name(),
                Stage.MODEL,
                reason,
                violations.stream().map(Violation::message).collect(Collectors.joining("; ")),
                violations,
                id,
                place,
                Instant.now(),
                record.value() == null ? new byte[0] : record.value(),
                RejectedRecord.headers(record.headers()));
        ProducerRecord<byte[], byte[]> rejected = RejectedRecord.of(rejection, record.timestamp());
        return RecordSizes.of(rejected) <= sizes.rejected()
                ? rejected
                : RejectedRecord.of(shortened(rejection), record.timestamp());
    }

    private static Rejection shortened(Rejection whole) {
        byte[] original = whole.original();
        return new Rejection(
                whole.pipeline(),
                whole.stage(),
                whole.reason(),
                whole.message() + " (the topic does not take this rejection whole: of the record's " + original.length
                        + " bytes the first are kept and none of its headers; the whole record is " + whole.source()
                        + ")",
                whole.violations(),
                whole.eventId(),
                whole.source(),
                whole.rejectedAt(),
                Arrays.copyOf(original, Math.min(original.length, KEPT_OF_TOO_LARGE)),
                Map.of());
    }

    /** Counts what was committed. */
    void count(List<ProducerRecord<byte[], byte[]>> committed, Model model, Duration time) {
        String name = pipeline.name();
        long now = System.currentTimeMillis();
        int ok = 0;
        for (ProducerRecord<byte[], byte[]> record : committed) {
            Header reason = record.headers().lastHeader(Rejection.REASON_HEADER);
            if (reason == null) {
                ok++;
                metrics.stage().age(name, Duration.ofMillis(now - record.timestamp()));
            } else {
                metrics.rejected(
                        name, new RejectionReason(new String(reason.value(), java.nio.charset.StandardCharsets.UTF_8)));
            }
        }
        ModelDescription description = model.description();
        metrics.stage().events(name, StageMetrics.OK, ok);
        metrics.stage().worked(name, time);
        metrics.predicted(description.name(), description.version(), ModelMetrics.STREAM, "ok", ok);
    }
}
