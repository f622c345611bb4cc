package dev.millrace.pipeline.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampFormatTest {
    private static final ZoneId BRUSSELS = ZoneId.of("Europe/Brussels");

    @ParameterizedTest
    @CsvSource({
        "2026-03-31T08:15:00Z,              2026-03-31T08:15:00Z",
        "2026-03-31t08:15:00z,              2026-03-31T08:15:00Z",
        "2026-03-31 08:15:00Z,              2026-03-31T08:15:00Z",
        "2026-03-31T08:15Z,                 2026-03-31T08:15:00Z",
        "2026-03-31T08:15:00.123456789Z,    2026-03-31T08:15:00.123456789Z",
        "2026-03-31T08:15:00+02:00,         2026-03-31T06:15:00Z",
        "2026-03-31T08:15:00-0330,          2026-03-31T11:45:00Z",
        "2026-03-31 08:15:00.5+02,          2026-03-31T06:15:00.500Z",
        "2026-03-31T08:15:00,               2026-03-31T06:15:00Z",
        "0001-01-01T00:00:00Z,              0001-01-01T00:00:00Z",
    })
    void reads_iso(String text, Instant expected) {
        assertThat(TimestampFormat.of("iso").parse(text, BRUSSELS)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-30T08:15:00Z",
                "2026-03-31T24:00:00Z",
                "2026-03-31T23:59:60Z",
                "2026-03-31",
                "2026-03-3108:15:00",
                "2026-03-31T 08:15:00",
                "2026-03-31T08:15:00+25:00",
                "2026-03-31T08:15:00Z trailing",
                "9999-12-31T23:59:59-01:00",
                "+12026-03-31T08:15:00Z",
                "0000-03-31T08:15:00Z",
                "",
                "yesterday"
            })
    void does_not_read_what_is_no_point_in_time(String text) {
        assertThat(TimestampFormat.of("iso").parse(text, BRUSSELS)).isEmpty();
    }

    @Test
    void a_local_time_that_the_clock_skips_does_not_exist() {
        TimestampFormat local = TimestampFormat.of("yyyy-MM-dd HH:mm");

        assertThat(local.parse("2026-03-29 01:59", BRUSSELS)).contains(Instant.parse("2026-03-29T00:59:00Z"));
        assertThat(local.parse("2026-03-29 02:30", BRUSSELS)).isEmpty();
        assertThat(local.parse("2026-03-29 03:00", BRUSSELS)).contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(TimestampFormat.of("yyyy-MM-dd HH:mm VV")
                        .parse("2026-03-29 02:30 Europe/Brussels", ZoneId.of("UTC")))
                .isEmpty();
    }

    @Test
    void of_a_local_time_that_happens_twice_the_first_is_meant() {
        assertThat(TimestampFormat.of("yyyy-MM-dd HH:mm").parse("2026-10-25 02:30", BRUSSELS))
                .contains(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(TimestampFormat.of("yyyy-MM-dd HH:mmXXX").parse("2026-10-25 02:30+01:00", BRUSSELS))
                .contains(Instant.parse("2026-10-25T01:30:00Z"));
    }

    @Test
    void a_pattern_without_a_time_of_day_says_midnight() {
        assertThat(TimestampFormat.of("dd/MM/yyyy").parse("31/03/2026", BRUSSELS))
                .contains(Instant.parse("2026-03-30T22:00:00Z"));
        assertThat(TimestampFormat.of("dd/MM/yyyy").parse("31/04/2026", BRUSSELS))
                .isEmpty();
    }

    @Test
    void reads_english_names_in_any_case_and_quoted_text_as_it_stands() {
        assertThat(TimestampFormat.of("dd MMM yyyy hh:mm a").parse("31 mar 2026 08:15 PM", ZoneId.of("UTC")))
                .contains(Instant.parse("2026-03-31T20:15:00Z"));
        assertThat(TimestampFormat.of("'day' yyyy-MM-dd 'o''clock y' HH")
                        .parse("day 2026-03-31 o'clock y 08", ZoneId.of("UTC")))
                .contains(Instant.parse("2026-03-31T08:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "epoch_seconds, 1774944900,           2026-03-31T08:15:00Z",
        "epoch_seconds, 1774944900.25,        2026-03-31T08:15:00.250Z",
        "epoch_seconds, -1.5,                 1969-12-31T23:59:58.500Z",
        "epoch_seconds, 1.7749449e9,          2026-03-31T08:15:00Z",
        "epoch_seconds, 0,                    1970-01-01T00:00:00Z",
        "epoch_millis,  1774944900250,        2026-03-31T08:15:00.250Z",
        "epoch_millis,  1774944900250.5,      2026-03-31T08:15:00.250500Z",
        "epoch_millis,  -1,                   1969-12-31T23:59:59.999Z",
    })
    void reads_times_since_the_epoch(String format, String text, Instant expected) {
        assertThat(TimestampFormat.of(format).parse(text, BRUSSELS)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e2147483647",
                "-1e2147483647",
                "1e-2147483647",
                "1e99999999999",
                "99999999999999999999",
                "253402300800000000",
                "NaN",
                "",
                "٤٢",
                "0x10"
            })
    void does_not_read_numbers_out_of_range(String text) {
        assertThat(TimestampFormat.of("epoch_seconds").parse(text, BRUSSELS)).isEqualTo(Optional.empty());
        assertThat(TimestampFormat.of("epoch_millis").parse(text, BRUSSELS)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "YYYY-MM-dd HH:mm:ss",
                "yyyy-mm-dd HH:mm:ss",
                "yyyy-MM-dd hh:mm:ss",
                "HH:mm",
                "yyyy-MM",
                "dd-MM",
                "nonsense",
                "yyyy-MM-dd 'open",
                "[",
                ""
            })
    void refuses_a_pattern_that_would_misread_every_time(String pattern) {
        assertThatThrownBy(() -> TimestampFormat.of(pattern)).isInstanceOf(IllegalArgumentException.class);
    }
}
