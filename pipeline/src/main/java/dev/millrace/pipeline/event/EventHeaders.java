package dev.millrace.pipeline.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What a record says of its event beside the value: CloudEvents 1.0 attributes in Kafka's binary content mode
 * (CloudEvents Kafka protocol binding 1.0.2, section 3.2), plus W3C Trace Context's {@code traceparent}.
 *
 * @param id the event's id, unique within the pipeline
 * @param source where it came from, a URI reference
 * @param type the event's type: {@code millrace.<pipeline>}, or what the producer said
 * @param time when it happened
 * @param traceparent the trace it belongs to, if any
 */
public record EventHeaders(String id, String source, String type, Instant time, Optional<String> traceparent) {
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";
    public static final String TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACEPARENT = "traceparent";

    /** Hands each header to the record that is being built. */
    public void writeTo(BiConsumer<String, byte[]> record) {
        record.accept(SPEC_VERSION, bytes("1.0"));
        record.accept(ID, bytes(id));
        record.accept(SOURCE, bytes(source));
        record.accept(TYPE, bytes(type));
        record.accept(TIME, bytes(time.toString()));
        record.accept(CONTENT_TYPE, bytes("application/json"));
        traceparent.ifPresent(value -> record.accept(TRACEPARENT, bytes(value)));
    }

    /**
     * The event's id from a record's headers.
     *
     * @param header gives a header's bytes by its name, or null
     */
    public static Optional<String> idOf(Function<String, byte[]> header) {
        byte[] id = header.apply(ID);
        return id == null ? Optional.empty() : Optional.of(new String(id, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
