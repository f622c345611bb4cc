package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.service.rejection.RejectedRecord;
import dev.millrace.transform.TransformMetrics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jboss.logging.Logger;

/**
 * Transforms one record at a time. Whatever a record holds, it leaves either for {@code clean} or for {@code rejected}:
 * an exception here would be met again after every restart. Confined to its stream thread.
 */
final class TransformProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = Logger.getLogger(TransformProcessor.class);
    /** Below what brokers are set to take; a derived text can make a record larger than the accepted one. */
    private static final int MAX_CLEAN_BYTES = 4 * 1024 * 1024;

    private final Pipeline pipeline;
    private final TransformMetrics metrics;
    private final CheckListener checks;
    private ProcessorContext<byte[], byte[]> context;

    TransformProcessor(Pipeline pipeline, TransformMetrics metrics) {
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.checks = metrics.checks(pipeline.name());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        this.context = newContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        long start = System.nanoTime();
        try {
            transform(record);
        } catch (RuntimeException e) {
            LOG.errorf(e, "pipeline %s: a record failed in an unforeseen way and is rejected", pipeline.name());
            reject(record, RejectionReason.INTERNAL_ERROR, e.toString(), List.of());
        }
        metrics.transformed(pipeline.name(), record.timestamp(), System.nanoTime() - start);
    }

    private void transform(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            List<Violation> violations = List.of(Violation.malformed("a JSON object", "nothing"));
            reject(record, RejectionReason.MALFORMED, violations.get(0).message(), violations);
            return;
        }
        Reading reading = pipeline.eventReader().read(record.value());
        if (reading instanceof Reading.Refused refused) {
            String message =
                    refused.violations().stream().map(Violation::message).collect(Collectors.joining("; "));
            reject(record, RejectionReason.of(refused.violations()), message, refused.violations());
            return;
        }
        Row event = pipeline.withId(((Reading.Read) reading).row(), id(record));
        Outcome outcome = pipeline.transform().apply(event, checks);
        if (outcome instanceof Outcome.Rejected rejected) {
            reject(record, rejected.reason(), rejected.message(), List.of());
            return;
        }
        byte[] clean = pipeline.cleanWriter().write(((Outcome.Clean) outcome).row());
        if (clean.length > MAX_CLEAN_BYTES) {
            reject(record, RejectionReason.TOO_LARGE, "the clean record has " + clean.length + " bytes", List.of());
            return;
        }
        metrics.ok(pipeline.name());
        context.forward(record.withValue(clean), TransformTopology.CLEAN);
    }

    private void reject(
            Record<byte[], byte[]> record, RejectionReason reason, String message, List<Violation> violations) {
        String source = context.recordMetadata()
                .map(TransformProcessor::position)
                .orElseGet(() -> pipeline.topics().raw());
        Rejection rejection = new Rejection(
                pipeline.name(),
                Stage.TRANSFORM,
                reason,
                message,
                violations,
                id(record),
                source,
                Instant.now(),
                record.value() == null ? new byte[0] : record.value(),
                RejectedRecord.headers(record.headers()));
        metrics.rejected(pipeline.name(), reason);
        ProducerRecord<byte[], byte[]> rejected = RejectedRecord.of(rejection, record.timestamp());
        context.forward(
                new Record<>(rejected.key(), rejected.value(), record.timestamp(), rejected.headers()),
                TransformTopology.REJECTED);
    }

    /** A record that somebody else wrote into the topic may have no id; its place in the topic gives it one. */
    private String id(Record<byte[], byte[]> record) {
        Optional<String> own = EventHeaders.idOf(name -> {
            Header header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
        return own.orElseGet(() -> context.recordMetadata()
                .map(at -> EventId.of(at.topic() + "-" + at.partition(), at.offset()))
                .orElseGet(() -> EventId.of(pipeline.topics().raw(), record.timestamp())));
    }

    private static String position(RecordMetadata at) {
        return at.topic() + "-" + at.partition() + "@" + at.offset();
    }
}
