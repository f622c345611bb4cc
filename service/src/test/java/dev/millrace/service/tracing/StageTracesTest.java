package dev.millrace.service.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.topic.Stage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StageTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + SPAN + "-01";
    private static final String NOT_SAMPLED = "00-" + TRACE + "-" + SPAN + "-00";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    private final Tracer tracer = provider.get("test");
    private final StageTraces traces = new StageTraces(Stage.MODEL, "orders", tracer);

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void gives_each_sampled_record_of_a_batch_a_span_in_its_own_trace_and_lets_the_others_be() {
        ConsumerRecord<byte[], byte[]> sampled = record(7, SAMPLED);
        ConsumerRecord<byte[], byte[]> unsampled = record(8, NOT_SAMPLED);
        ConsumerRecord<byte[], byte[]> untraced = record(9, null);

        try (TracedBatch batch = traces.process(List.of(sampled, unsampled, untraced))) {
            batch.done();
        }

        SpanData span = only();
        assertThat(span.getName()).isEqualTo("process millrace.orders.clean");
        assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(SPAN);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getAttributes().asMap().toString())
                .contains("cloudevents.event_id=id-7", "messaging.kafka.offset=7", "messaging.batch.message_count=3");
        assertThat(traceparent(sampled.headers())).isEqualTo("00-" + TRACE + "-" + span.getSpanId() + "-01");
        assertThat(traceparent(unsampled.headers())).isEqualTo(NOT_SAMPLED);
        assertThat(untraced.headers().lastHeader(EventHeaders.TRACEPARENT)).isNull();
    }

    @Test
    void says_that_a_batch_failed_whose_work_was_not_done() {
        traces.process(List.of(record(7, SAMPLED))).close();

        assertThat(only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void shows_the_warehouse_transaction_in_the_trace_of_each_sampled_record() {
        try (TracedBatch batch = traces.process(List.of(record(7, SAMPLED), record(8, SAMPLED)))) {
            try (TracedCall copy = batch.copyTo("fact_orders", 2)) {
                copy.done();
            }
            batch.done();
        }

        assertThat(spans.getFinishedSpanItems())
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder(
                        "COPY fact_orders",
                        "COPY fact_orders",
                        "process millrace.orders.clean",
                        "process millrace.orders.clean");
        assertThat(spans.getFinishedSpanItems())
                .allMatch(span -> span.getTraceId().equals(TRACE));
    }

    @Test
    void lets_the_first_event_of_a_sampled_request_carry_its_trace_and_no_other() {
        Span request = tracer.spanBuilder("POST").startSpan();
        List<ProducerRecord<byte[], byte[]>> records = IntStream.range(0, 3)
                .mapToObj(number -> new ProducerRecord<byte[], byte[]>("millrace.orders.raw", new byte[0]))
                .toList();
        records.get(1).headers().add(EventHeaders.TRACEPARENT, bytes(SAMPLED));

        try (Scope current = request.makeCurrent();
                Sending sending = traces.sendingOfRequest()) {
            records.forEach(sending::carry);
            sending.done();
        }

        SpanData span = only();
        assertThat(span.getName()).isEqualTo("send millrace.orders.raw");
        assertThat(span.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
        assertThat(traceparent(records.get(0).headers())).endsWith(span.getSpanId() + "-01");
        assertThat(traceparent(records.get(1).headers())).isEqualTo(NOT_SAMPLED);
        assertThat(records.get(2).headers()).isEmpty();
    }

    @Test
    void leaves_the_events_of_a_request_alone_that_is_not_sampled() {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("millrace.orders.raw", new byte[0]);

        try (Sending sending = traces.sendingOfRequest()) {
            sending.carry(record);
            sending.done();
        }

        assertThat(record.headers()).isEmpty();
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void takes_no_header_for_a_trace_that_is_none() {
        for (String wrong : List.of("", "00-ab-cd-01", "00-" + "0".repeat(32) + "-" + SPAN + "-01")) {
            ConsumerRecord<byte[], byte[]> record = record(1, wrong);
            try (TracedBatch batch = traces.process(List.of(record))) {
                batch.done();
            }
        }

        // The last one looks sampled and has no trace: it begins one.
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        assertThat(only().getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void touches_nothing_when_it_is_off() {
        StageTraces off = StageTraces.of(Stage.MODEL, "orders");
        ConsumerRecord<byte[], byte[]> record = record(7, SAMPLED);

        assertThat(off.process(List.of(record))).isSameAs(TracedBatch.NONE);
        assertThat(off.process(record.headers(), "t", 0, 7)).isSameAs(TracedBatch.NONE);
        assertThat(off.sending()).isSameAs(off.sendingOfRequest());
        assertThat(traceparent(record.headers())).isEqualTo(SAMPLED);
    }

    private SpanData only() {
        assertThat(spans.getFinishedSpanItems()).hasSize(1);
        return spans.getFinishedSpanItems().get(0);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String traceparent) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("millrace.orders.clean", 2, offset, new byte[0], new byte[0]);
        record.headers().add(EventHeaders.ID, bytes("id-" + offset));
        if (traceparent != null) {
            record.headers().add(EventHeaders.TRACEPARENT, bytes(traceparent));
        }
        return record;
    }

    private static String traceparent(Headers headers) {
        return new String(headers.lastHeader(EventHeaders.TRACEPARENT).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
