package dev.millrace.service.tracing;

import dev.millrace.pipeline.rejection.Rejection;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Events that are sent together, in one request or one chunk of a file. If they are sampled, the first one carries the trace
 * on: one event tells where the time goes, and a request of ten thousand does not become a trace of ten thousand. Closed
 * without {@link #done()} the span says that sending failed. One thread.
 */
public final class Sending implements AutoCloseable {
    private static final Sending OFF = new Sending(null, false);

    private final StageTraces traces;
    private final boolean ofRequest;
    private Span span = Span.getInvalid();
    private boolean carried;
    private boolean done;
    private long records;

    Sending(StageTraces traces, boolean ofRequest) {
        this.traces = traces;
        this.ofRequest = ofRequest;
    }

    static Sending off() {
        return OFF;
    }

    /** Makes the record carry the trace, if it is the one to do so; before it is sent. */
    public void carry(ProducerRecord<byte[], byte[]> record) {
        if (traces == null || record.headers().lastHeader(Rejection.REASON_HEADER) != null) {
            return;
        }
        records++;
        Headers headers = record.headers();
        if (!carried) {
            carried = true;
            span = ofRequest ? traces.startInRequest(record) : traces.startAlone(record);
            if (span.getSpanContext().isSampled()) {
                TraceHeader.write(headers, span.getSpanContext());
                try (Scope scope = span.makeCurrent()) {
                    traces.logSampled(record.topic());
                }
                return;
            }
        }
        if (TraceHeader.isSampled(headers)) {
            TraceHeader.dontSample(headers);
        }
    }

    /** The broker has all of them. */
    public void done() {
        done = true;
        close();
    }

    @Override
    public void close() {
        if (span.isRecording()) {
            span.setAttribute("messaging.batch.message_count", records);
            if (!done) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }
}
