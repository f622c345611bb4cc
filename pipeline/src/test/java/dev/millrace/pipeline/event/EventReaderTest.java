package dev.millrace.pipeline.event;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
    private static final Schema ORDER = new Schema(List.of(
            Field.canonical("id", FieldType.STRING, true),
            Field.canonical("amount", FieldType.DECIMAL, true),
            Field.canonical("items", FieldType.INTEGER, false)));

    @Test
    void reads_the_declared_members_and_passes_over_the_others() {
        Reading reading = read(ORDER, """
                {"unknown": {"amount": [1, {"id": 2}]}, "items": 3, "amount": 12.50, "id": "a-1", "more": null}
                """);

        assertThat(reading).isEqualTo(new Reading.Read(new Row(ORDER, "a-1", new BigDecimal("12.50"), 3L)));
    }

    @Test
    void reads_what_the_event_calls_otherwise() {
        Field user = new Field("user_id", "userId", FieldType.STRING, true, List.of(), ZoneOffset.UTC);
        Schema schema = new Schema(List.of(user, Field.canonical("amount", FieldType.DECIMAL, false)));

        assertThat(read(schema, "{\"userId\": \"u1\", \"user_id\": 7}"))
                .isEqualTo(new Reading.Read(new Row(schema, "u1", null)));
        assertThat(violations(schema, "{\"user_id\": \"u1\"}"))
                .singleElement()
                .asString()
                .contains("field 'user_id'", "in 'userId'");
    }

    @Test
    void reads_a_slice_of_a_larger_array() {
        byte[] bytes = "[{\"id\":\"a\",\"amount\":1},{}]".getBytes(UTF_8);

        assertThat(new EventReader(ORDER).read(bytes, 1, 21)).isInstanceOf(Reading.Read.class);
    }

    @Test
    void takes_a_byte_order_mark_as_windows_programs_write_it() {
        assertThat(read(ORDER, "\uFEFF{\"id\": \"a\", \"amount\": 1}")).isInstanceOf(Reading.Read.class);
    }

    @Test
    void rejects_a_row_whose_amount_is_not_a_number() {
        assertThat(violations(ORDER, "{\"id\": \"a-1\", \"amount\": \"12,50\"}"))
                .containsExactly("field 'amount': expected a decimal number such as 12.50, got the text '12,50'");
    }

    @Test
    void refuses_a_number_that_nothing_can_hold_inside_of_json() {
        Schema schema = new Schema(List.of(Field.canonical("device", FieldType.JSON, true)));

        assertThat(violations(schema, "{\"device\": {\"level\": 1e99999999999}}"))
                .singleElement()
                .asString()
                .contains("exponent");
        assertThat(read(schema, "{\"device\": {\"level\": 1e400}}")).isInstanceOf(Reading.Read.class);
    }

    @Test
    void reports_every_mistake_of_a_record_at_once() {
        assertThat(violations(ORDER, "{\"id\": {\"a\": [1]}, \"amount\": null, \"items\": [1, 2]}"))
                .containsExactly(
                        "field 'id': expected text, got an object",
                        "field 'items': expected a whole number such as 42, got an array",
                        "field 'amount' is required and missing: expected a decimal number such as 12.50");
    }

    @Test
    void goes_on_with_the_right_member_after_a_nested_one_was_refused() {
        assertThat(violations(ORDER, "{\"id\": {\"amount\": \"x\", \"deep\": [[{}]]}, \"amount\": 1}"))
                .containsExactly("field 'id': expected text, got an object");
    }

    @Test
    void rejects_a_member_that_stands_twice() {
        assertThat(violations(ORDER, "{\"id\": \"a\", \"amount\": 1, \"id\": \"b\"}"))
                .containsExactly("field 'id': expected the member once, got it twice in one object");
        assertThat(violations(ORDER, "{\"id\": \"a\", \"amount\": 1, \"items\": null, \"items\": 1}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"text\"",
                "1",
                "null",
                "{",
                "{\"id\": \"a",
                "{\"id\": \"a\", \"amount\": 1",
                "{\"id\": \"a\", \"amount\": }",
                "{\"id\": \"a\", \"amount\": 1}}",
                "{\"id\": \"a\", \"amount\": 1} {}",
                "{\"id\": \"a\", \"amount\": 01}",
                "{\"id\": \"a\", \"amount\": NaN}",
                "{\"id\": \"a\", \"amount\": Infinity}",
                "{\"id\": \"a\", \"amount\": +1}",
                "{id: \"a\"}",
                "{'id': 'a'}",
                "{\"id\": \"\\x\"}",
                "{\"id\": \"a\nb\"}",
                "{\"id\": \"\u0001\"}",
                "// comment\n{}",
                "\u0000",
                "{\"id\"\u0000: 1}"
            })
    void rejects_what_is_not_one_json_object_as_malformed(String json) {
        assertThat(refused(ORDER, json.getBytes(UTF_8)))
                .first()
                .extracting(Violation::kind)
                .isEqualTo(Violation.Kind.MALFORMED);
    }

    @Test
    void rejects_nesting_numbers_and_names_without_measure_as_malformed() {
        String deep = "{\"x\": " + "[".repeat(5_000) + "]".repeat(5_000) + "}";
        String unclosed = "{\"x\": " + "{\"a\":".repeat(100_000);
        String digits = "{\"x\": 1" + "0".repeat(100_000) + "}";
        String name = "{\"" + "n".repeat(100_000) + "\": 1}";

        for (String json : List.of(deep, unclosed, digits, name)) {
            assertThat(refused(ORDER, json.getBytes(UTF_8)).get(0).kind()).isEqualTo(Violation.Kind.MALFORMED);
        }
    }

    @Test
    void rejects_bytes_that_are_not_utf_8() {
        byte[] latin1 = "{\"id\": \"caf\u00e9\", \"amount\": 1}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        assertThat(refused(ORDER, latin1))
                .extracting(Violation::message)
                .containsExactly("the record: expected UTF-8 text, got bytes that are not UTF-8");
        assertThat(refused(ORDER, "{\"id\": \"a\", \"amount\": 1}".getBytes(UTF_16LE)))
                .extracting(Violation::message)
                .containsExactly("the record: expected UTF-8 text, got bytes that are not UTF-8");
    }

    @Test
    void a_violation_never_quotes_half_a_surrogate_pair() {
        String cut = "x".repeat(69) + "\uD83D\uDE00".repeat(20);

        assertThat(refused(ORDER, ("{\"id\": \"a\", \"amount\": \"" + cut + "\"}").getBytes(UTF_8)))
                .allMatch(violation -> Text.isStorable(violation.actual()));
        assertThat(refused(ORDER, "{\"id\": \"\\ud800\", \"amount\": 1}".getBytes(UTF_8)))
                .extracting(Violation::actual)
                .containsExactly("the text '\uFFFD'");
    }

    @Test
    void text_is_kept_as_it_is_and_digits_count_as_text() {
        assertThat(value(FieldType.STRING, "\"  a \\u00e9 \\ud83d\\ude00 \\n \""))
                .isEqualTo("  a é 😀 \n ");
        assertThat(value(FieldType.STRING, "\"\"")).isEqualTo("");
        assertThat(value(FieldType.STRING, "0042")).isNull();
        assertThat(value(FieldType.STRING, "12.50")).isEqualTo("12.50");
        assertRefused(FieldType.STRING, "true", "[]", "{}", "\"\\u0000\"", "\"a\\ud800\"", "\"\\udc00\\ud800\"");
    }

    @Test
    void whole_numbers_have_64_bits() {
        assertThat(value(FieldType.INTEGER, "42")).isEqualTo(42L);
        assertThat(value(FieldType.INTEGER, "\" -7 \"")).isEqualTo(-7L);
        assertThat(value(FieldType.INTEGER, "5.0")).isEqualTo(5L);
        assertThat(value(FieldType.INTEGER, "\"1e3\"")).isEqualTo(1000L);
        assertThat(value(FieldType.INTEGER, "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(value(FieldType.INTEGER, "0e2147483647")).isEqualTo(0L);
        assertRefused(
                FieldType.INTEGER,
                "9223372036854775808",
                "4.2",
                "1e400",
                "1e2147483647",
                "1e-2147483647",
                "\"\"",
                "\"٤٢\"",
                "\"0x10\"",
                "\"1_000\"",
                "true");
    }

    @Test
    void decimals_keep_their_written_scale() {
        assertThat(value(FieldType.DECIMAL, "12.50")).isEqualTo(new BigDecimal("12.50"));
        assertThat(value(FieldType.DECIMAL, "\"0.100\"")).isEqualTo(new BigDecimal("0.100"));
        assertThat(value(FieldType.DECIMAL, "1e3")).isEqualTo(new BigDecimal("1000"));
        assertThat(value(FieldType.DECIMAL, "9".repeat(38))).isEqualTo(new BigDecimal("9".repeat(38)));
        assertRefused(
                FieldType.DECIMAL,
                "9".repeat(39),
                "1e38",
                "1e-39",
                "1e400",
                "1e2147483647",
                "1e-2147483647",
                "\"1e99999999999\"",
                "\"NaN\"",
                "\"١٢\"",
                "\"" + "0".repeat(500) + "\"",
                "\"1,5\"",
                "{}");
    }

    @Test
    void doubles_are_finite() {
        assertThat(value(FieldType.DOUBLE, "0.25")).isEqualTo(0.25);
        assertThat(value(FieldType.DOUBLE, "\"1e-9\"")).isEqualTo(1e-9);
        assertThat(value(FieldType.DOUBLE, "5")).isEqualTo(5.0);
        assertThat(value(FieldType.DOUBLE, "1e-2147483647")).isEqualTo(0.0);
        assertRefused(
                FieldType.DOUBLE,
                "1e400",
                "\"NaN\"",
                "\"-Infinity\"",
                "\"1d\"",
                "\"1f\"",
                "\"0x1p3\"",
                "\"\"",
                "false");
    }

    @Test
    void booleans_come_as_json_or_as_text() {
        assertThat(value(FieldType.BOOLEAN, "true")).isEqualTo(true);
        assertThat(value(FieldType.BOOLEAN, "\"False\"")).isEqualTo(false);
        assertThat(value(FieldType.BOOLEAN, "\" 1 \"")).isEqualTo(true);
        assertRefused(FieldType.BOOLEAN, "1", "0", "\"yes\"", "\"\"", "[true]");
    }

    @Test
    void dates_exist() {
        assertThat(value(FieldType.DATE, "\"2024-02-29\"")).isEqualTo(LocalDate.of(2024, 2, 29));
        assertRefused(
                FieldType.DATE,
                "\"2023-02-29\"",
                "\"2026-13-01\"",
                "\"0000-01-01\"",
                "\"+10000-01-01\"",
                "\"2026-1-1\"",
                "\"31/03/2026\"",
                "20260331");
    }

    @Test
    void timestamps_are_iso_by_default() {
        assertThat(value(FieldType.TIMESTAMP, "\"2026-03-31T08:15:00Z\""))
                .isEqualTo(Instant.parse("2026-03-31T08:15:00Z"));
        assertRefused(FieldType.TIMESTAMP, "\"2026-02-30T08:15:00Z\"", "\"2026-03-31\"", "1774944900", "true");
    }

    @Test
    void json_is_kept_to_the_last_digit() {
        JsonNode kept = (JsonNode) value(
                FieldType.JSON, "{\"a\": [0.10, 1e400, 123456789012345678901234567890, null], \"b\": \"\\\\u0000\"}");

        assertThat(kept).hasToString("{\"a\":[0.10,1E+400,123456789012345678901234567890,null],\"b\":\"\\\\u0000\"}");
    }

    @Test
    void json_that_no_database_can_hold_is_refused() {
        assertRefused(
                FieldType.JSON,
                "\"\\u0000\"",
                "{\"a\": [{\"b\": \"\\u0000\"}]}",
                "{\"\\u0000\": 1}",
                "[\"\\ud800\"]",
                "{\"\\udc00\": 1}",
                "1e2147483647",
                "[1e-1000000]");
    }

    private static Object value(FieldType type, String json) {
        Schema schema = new Schema(List.of(Field.canonical("value", type, false)));
        Reading reading = read(schema, "{\"value\": " + json + "}");
        return reading instanceof Reading.Read good ? good.row().get(0) : null;
    }

    private static void assertRefused(FieldType type, String... values) {
        Schema schema = new Schema(List.of(Field.canonical("value", type, false)));
        for (String value : values) {
            assertThat(read(schema, "{\"value\": " + value + ", \"next\": 1}"))
                    .as("%s as %s", value, type)
                    .isInstanceOf(Reading.Refused.class);
        }
    }

    private static List<String> violations(Schema schema, String json) {
        return refused(schema, json.getBytes(UTF_8)).stream()
                .map(Violation::message)
                .toList();
    }

    private static List<Violation> refused(Schema schema, byte[] json) {
        Reading reading = new EventReader(schema).read(json);
        assertThat(reading).isInstanceOf(Reading.Refused.class);
        return ((Reading.Refused) reading).violations();
    }

    private static Reading read(Schema schema, String json) {
        return new EventReader(schema).read(json.getBytes(UTF_8));
    }
}
