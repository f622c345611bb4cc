package dev.millrace.pipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigitPatternTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "uuuu-MM-dd HH:mm:ss",
                "dd/MM/uuuu, HH.mm.ss",
                "uuuuMMddHHmmss",
                "HH:mm:ss dd.MM.uuuu",
                "ss mm HH dd MM uuuu"
            })
    void reads_what_the_formatter_writes(String pattern) {
        DigitPattern digits = DigitPattern.of(pattern).orElseThrow();
        DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern);
        LocalDateTime time = LocalDateTime.of(1890, 1, 1, 1, 2, 3);
        for (int i = 0; i < 10_000; i++) {
            assertThat(digits.parse(time.format(formatter))).isEqualTo(time);
            time = time.plusHours(97).plusSeconds(61);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uuuu-MM-dd",
                "uuuu-MM-dd HH:mm",
                "uuuu-MM-dd HH:mm:ss.SSS",
                "uuuu-MM-dd HH:mm:ssXXX",
                "uuuu-M-d H:m:s",
                "uuuuu-MM-dd HH:mm:ss",
                "uuuu-MM-ddd HH:mm:ss",
                "uuuu-MM-dd'T'HH:mm:ss",
                "uuuu-MM-dd hh:mm:ss a",
                "YYYY-MM-dd HH:mm:ss"
            })
    void leaves_other_patterns_to_the_formatter(String pattern) {
        assertThat(DigitPattern.of(pattern)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-29 00:00:00",
                "1900-02-29 00:00:00",
                "2026-04-31 00:00:00",
                "2026-13-01 00:00:00",
                "2026-00-01 00:00:00",
                "2026-01-00 00:00:00",
                "2026-01-01 24:00:00",
                "2026-01-01 00:60:00",
                "2026-01-01 00:00:60",
                "0000-01-01 00:00:00",
                "2026-01-01T00:00:00",
                "2026-01-01 00:00:00 ",
                "+2026-01-01 00:00:0",
                "２026-01-01 00:00:00",
                ""
            })
    void leaves_what_is_not_plainly_a_time_to_the_formatter(String text) {
        assertThat(DigitPattern.of("uuuu-MM-dd HH:mm:ss").orElseThrow().parse(text))
                .isNull();
    }
}
