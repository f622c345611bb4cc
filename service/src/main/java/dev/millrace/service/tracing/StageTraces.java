package dev.millrace.service.tracing;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.topic.Stage;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * What one stage traces of one pipeline, by OpenTelemetry's conventions for messaging: a {@code send} span where an event
 * begins, a {@code process} span in each stage after. Off, as by default, it costs a comparison; on, it costs a look at each
 * record's headers, and something only for those that are sampled. Immutable and thread-safe.
 *
 * <p>Like a logger it is asked for where it is used.
 */
public final class StageTraces {
    private static final Logger LOG = Logger.getLogger(StageTraces.class);

    private final Stage stage;
    private final String pipeline;
    /** Null if tracing is off. */
    private final Tracer tracer;

    StageTraces(Stage stage, String pipeline, Tracer tracer) {
        this.stage = stage;
        this.pipeline = pipeline;
        this.tracer = tracer;
    }

    /** The traces of that stage; does nothing unless tracing is on. */
    public static StageTraces of(Stage stage, String pipeline) {
        return new StageTraces(stage, pipeline, OfProcess.TRACER);
    }

    /** Looked up once: requests ask. */
    private static final class OfProcess {
        private static final Tracer TRACER = tracer();

        private static Tracer tracer() {
            boolean off = ConfigProvider.getConfig()
                    .getOptionalValue("quarkus.otel.sdk.disabled", Boolean.class)
                    .orElse(true);
            return off ? null : GlobalOpenTelemetry.getTracer("dev.millrace");
        }
    }

    /** Events of the request that the calling thread is answering: sampled if the request is. */
    public Sending sendingOfRequest() {
        return tracer == null ? Sending.off() : new Sending(this, true);
    }

    /** Events that nobody asked for, as of a file: the sampler decides for all of them at once. */
    public Sending sending() {
        return tracer == null ? Sending.off() : new Sending(this, false);
    }

    /**
     * Begins to work on records. What leaves the stage with the headers of a sampled one belongs to its span from now on: the
     * headers are changed.
     */
    public TracedBatch process(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        if (tracer == null) {
            return TracedBatch.NONE;
        }
        List<ConsumerRecord<byte[], byte[]>> sampled = new ArrayList<>(0);
        long count = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            count++;
            if (TraceHeader.isSampled(record.headers())) {
                sampled.add(record);
            }
        }
        if (sampled.isEmpty()) {
            return TracedBatch.NONE;
        }
        List<Span> spans = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : sampled) {
            SpanBuilder span = consuming(record.headers(), record.topic(), record.partition(), record.offset())
                    .setAttribute("messaging.batch.message_count", count);
            start(span, record.headers(), spans);
        }
        return traced(spans, sampled.get(0).topic());
    }

    /** Begins to work on one record by itself; its headers are changed likewise. */
    public TracedBatch process(Headers headers, String topic, int partition, long offset) {
        if (tracer == null || !TraceHeader.isSampled(headers)) {
            return TracedBatch.NONE;
        }
        List<Span> spans = new ArrayList<>(1);
        start(consuming(headers, topic, partition, offset), headers, spans);
        return traced(spans, topic);
    }

    private TracedBatch traced(List<Span> spans, String topic) {
        TracedBatch batch = new TracedBatch(tracer, spans);
        LOG.debugf("pipeline %s: %s works on a sampled event of %s", pipeline, stage.label(), topic);
        return batch;
    }

    private void start(SpanBuilder builder, Headers headers, List<Span> spans) {
        Span span = builder.startSpan();
        if (span.getSpanContext().isSampled()) {
            TraceHeader.write(headers, span.getSpanContext());
            spans.add(span);
        }
    }

    private SpanBuilder consuming(Headers headers, String topic, int partition, long offset) {
        SpanContext before = TraceHeader.read(headers);
        return describe(tracer.spanBuilder("process " + topic), headers, topic, "process")
                .setParent(Context.root().with(Span.wrap(before)))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.destination.partition.id", Integer.toString(partition))
                .setAttribute("messaging.kafka.offset", offset);
    }

    /** Says in the log, with the trace of the request, that an event of it is sampled. */
    void logSampled(String topic) {
        LOG.debugf("pipeline %s: %s sends a sampled event to %s", pipeline, stage.label(), topic);
    }

    /** A span in the request's trace; an invalid one if the request is not sampled. */
    Span startInRequest(ProducerRecord<byte[], byte[]> record) {
        Context request = Context.current();
        return Span.fromContext(request).getSpanContext().isSampled()
                ? producing(record).setParent(request).startSpan()
                : Span.getInvalid();
    }

    /** A trace of its own, if the sampler wants one. */
    Span startAlone(ProducerRecord<byte[], byte[]> record) {
        return producing(record).setNoParent().startSpan();
    }

    private SpanBuilder producing(ProducerRecord<byte[], byte[]> record) {
        return describe(tracer.spanBuilder("send " + record.topic()), record.headers(), record.topic(), "send")
                .setSpanKind(SpanKind.PRODUCER);
    }

    private SpanBuilder describe(SpanBuilder span, Headers headers, String topic, String operation) {
        EventHeaders.idOf(name -> headers.lastHeader(name) == null
                        ? null
                        : headers.lastHeader(name).value())
                .ifPresent(id -> span.setAttribute("cloudevents.event_id", id));
        return span.setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", operation)
                .setAttribute("messaging.operation.type", operation)
                .setAttribute("messaging.destination.name", topic)
                .setAttribute("millrace.pipeline", pipeline)
                .setAttribute("millrace.stage", stage.label());
    }
}
