package dev.millrace.service.tracing;

import dev.millrace.pipeline.event.EventHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The {@code traceparent} of a Kafka record, W3C Trace Context: {@code 00-<trace, 32>-<span, 16>-<flags, 2>}. */
final class TraceHeader {
    private static final int LENGTH = 55;

    private static final TextMapGetter<Headers> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return List.of(EventHeaders.TRACEPARENT);
        }

        @Override
        public String get(Headers headers, String key) {
            Header header = headers.lastHeader(key);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    };

    private TraceHeader() {}

    /** Whether the event is sampled. Asked of every record, so nothing is parsed for it. */
    static boolean isSampled(Headers headers) {
        Header header = headers.lastHeader(EventHeaders.TRACEPARENT);
        return header != null
                && header.value() != null
                && header.value().length >= LENGTH
                && (Character.digit(header.value()[LENGTH - 1], 16) & 1) == 1;
    }

    /** The span that the record came from; an invalid one if the header is not what W3C says. */
    static SpanContext read(Headers headers) {
        Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, GETTER);
        return Span.fromContext(context).getSpanContext();
    }

    static void write(Headers headers, SpanContext span) {
        String value = "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
        put(headers, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The record still says which trace it belongs to, and nobody makes spans for it. */
    static void dontSample(Headers headers) {
        byte[] value = headers.lastHeader(EventHeaders.TRACEPARENT).value().clone();
        value[LENGTH - 2] = '0';
        value[LENGTH - 1] = '0';
        put(headers, value);
    }

    private static void put(Headers headers, byte[] value) {
        headers.remove(EventHeaders.TRACEPARENT);
        headers.add(EventHeaders.TRACEPARENT, value);
    }
}
