package dev.millrace.pipeline.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventIdTest {
    @Test
    void is_the_same_for_the_same_place_for_ever() {
        assertThat(EventId.of("orders.csv", 41)).isEqualTo("NRuMX809eBSoet98_l8maQ");
        assertThat(EventId.ofContent("{}".getBytes(UTF_8))).isEqualTo("RBNvo1WzZ4oRRq0W9-hkng");
    }

    @Test
    void differs_for_any_other_place() {
        assertThat(EventId.of("orders.csv", 41))
                .isNotEqualTo(EventId.of("orders.csv", 42))
                .isNotEqualTo(EventId.of("orders.csv4", 1))
                .matches("[A-Za-z0-9_-]{22}");
    }
}
