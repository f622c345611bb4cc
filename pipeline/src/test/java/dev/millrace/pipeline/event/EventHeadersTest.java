package dev.millrace.pipeline.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventHeadersTest {
    private static final EventHeaders HEADERS = new EventHeaders(
            "café-1",
            "/orders.csv",
            "millrace.orders",
            Instant.parse("2026-03-31T08:15:00Z"),
            Optional.of("00-a-b-01"));

    @Test
    void are_cloudevents_in_kafkas_binary_mode() {
        Map<String, String> written = new LinkedHashMap<>();

        HEADERS.writeTo((name, value) -> written.put(name, new String(value, UTF_8)));

        assertThat(written)
                .containsExactly(
                        entry("ce_specversion", "1.0"),
                        entry("ce_id", "café-1"),
                        entry("ce_source", "/orders.csv"),
                        entry("ce_type", "millrace.orders"),
                        entry("ce_time", "2026-03-31T08:15:00Z"),
                        entry("content-type", "application/json"),
                        entry("traceparent", "00-a-b-01"));
    }

    @Test
    void give_the_events_id_back() {
        Map<String, byte[]> written = new LinkedHashMap<>();
        HEADERS.writeTo(written::put);

        assertThat(EventHeaders.idOf(written::get)).contains("café-1");
        assertThat(EventHeaders.idOf(name -> null)).isEmpty();
    }
}
