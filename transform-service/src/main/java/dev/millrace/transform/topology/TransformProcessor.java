package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import dev.millrace.transform.PipelineMeters;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Sends each record on, to {@code clean} or to {@code rejected}. What a record holds never throws here; what does throw
 * is Kafka's business and must reach Kafka Streams, which aborts the transaction. Confined to its stream thread.
 */
final class TransformProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final Pipeline pipeline;
    private final RecordTransform transform;
    private final PipelineMeters meters;
    private final SizeLimits limits;
    private ProcessorContext<byte[], byte[]> context;

    TransformProcessor(Pipeline pipeline, PipelineMeters meters, SizeLimits limits) {
        this.pipeline = pipeline;
        this.transform = new RecordTransform(pipeline, meters);
        this.meters = meters;
        this.limits = limits;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        this.context = newContext;
    }

    @Override
    public void process(Record<byte[], byte[]> raw) {
        long start = System.nanoTime();
        Optional<String> id = id(raw);
        Verdict verdict = transform.judge(raw.value(), id);
        if (verdict instanceof Verdict.Clean clean) {
            pass(raw, id, clean);
        } else {
            reject(raw, id, (Verdict.Refused) verdict);
        }
        meters.left(raw.timestamp(), System.nanoTime() - start);
    }

    private void pass(Record<byte[], byte[]> raw, Optional<String> id, Verdict.Clean verdict) {
        Record<byte[], byte[]> clean = raw.withValue(verdict.value());
        int size = SizeLimits.sizeOf(clean);
        int limit = limits.clean();
        if (size > limit) {
            String message = "the clean record would have " + size + " bytes; its topic takes " + limit;
            reject(raw, id, Verdict.Refused.of(RejectionReason.TOO_LARGE, message));
            return;
        }
        context.forward(clean, TransformTopology.CLEAN);
        meters.ok();
    }

    private void reject(Record<byte[], byte[]> raw, Optional<String> id, Verdict.Refused verdict) {
        Rejection rejection = rejection(raw, id, verdict);
        Record<byte[], byte[]> rejected =
                new FittingRejection(limits.rejected()).of(rejection, raw.timestamp(), this::idOfPlace);
        context.forward(rejected, TransformTopology.REJECTED);
        meters.rejected(verdict.reason());
    }

    private Rejection rejection(Record<byte[], byte[]> raw, Optional<String> id, Verdict.Refused verdict) {
        return new Rejection(
                pipeline.name(),
                Stage.TRANSFORM,
                verdict.reason(),
                verdict.message(),
                verdict.violations(),
                id.filter(own -> !own.isEmpty()).map(Text::storable).orElseGet(this::idOfPlace),
                place(),
                Instant.now(),
                raw.value() == null ? new byte[0] : raw.value(),
                RejectedRecord.headers(raw.headers()));
    }

    private static Optional<String> id(Record<byte[], byte[]> raw) {
        return EventHeaders.idOf(name -> {
            Header header = raw.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
    }

    /** A record that somebody else wrote into the topic may have no id; its place in the topic gives it one. */
    private String idOfPlace() {
        return context.recordMetadata()
                .map(at -> EventId.of(at.topic() + "-" + at.partition(), at.offset()))
                .orElseGet(() -> EventId.of(pipeline.topics().raw(), 0));
    }

    private String place() {
        return context.recordMetadata()
                .map(TransformProcessor::place)
                .orElseGet(() -> pipeline.topics().raw());
    }

    private static String place(RecordMetadata at) {
        return at.topic() + "-" + at.partition() + "@" + at.offset();
    }
}
