package dev.millrace.pipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoUtcTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-31T23:59:59Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "1969-12-31T23:59:59.5Z",
                "2024-02-29T12:00:00.000001Z",
                "2000-02-29T00:00:00.120Z"
            })
    void reads_and_writes_as_an_instant_does(String text) {
        Instant at = Instant.parse(text);
        assertThat(IsoUtc.parse(text)).isEqualTo(at);
        assertThat(IsoUtc.text(at)).isEqualTo(at.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-29T00:00:00Z",
                "1900-02-29T00:00:00Z",
                "2026-04-31T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T00:60:00Z",
                "2026-01-01T00:00:60Z",
                "0000-01-01T00:00:00Z",
                "2026-01-01 00:00:00Z",
                "2026-01-01T00:00:00",
                "2026-01-01T00:00:00.Z",
                "2026-01-01T00:00:00,5Z",
                "2026-01-01T00:00:00.5+Z",
                "2026-01-01T00:00:00.1234567890Z",
                "２026-01-01T00:00:00Z",
                "2026-01-01T00:00:00+01:00",
                ""
            })
    void leaves_everything_else_to_the_formatter(String text) {
        assertThat(IsoUtc.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0001-12-31T23:59:59Z", "0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"})
    void writes_other_years_as_an_instant_does(String text) {
        assertThat(IsoUtc.text(Instant.parse(text))).isEqualTo(text);
    }

    @Test
    void writes_every_second_of_a_day_as_an_instant_does() {
        Instant midnight = Instant.parse("1969-12-31T00:00:00Z");
        for (int second = 0; second < 86_400; second++) {
            Instant at = midnight.plusSeconds(second);
            assertThat(IsoUtc.text(at)).isEqualTo(at.toString());
        }
    }

    @Test
    void reads_and_writes_every_day_as_the_formatter_does() {
        Instant day = Instant.parse("1890-01-01T01:02:03.004Z");
        for (int i = 0; i < 80_000; i++) {
            assertThat(IsoUtc.parse(day.toString())).isEqualTo(day);
            assertThat(IsoUtc.text(day.truncatedTo(ChronoUnit.SECONDS)))
                    .isEqualTo(day.truncatedTo(ChronoUnit.SECONDS).toString());
            day = day.plusSeconds(86_400);
        }
    }
}
