package dev.millrace.pipeline.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpressionTest {
    private static final Schema SCHEMA = new Schema(List.of(
            Field.canonical("amount", FieldType.DECIMAL, true),
            Field.canonical("at", FieldType.TIMESTAMP, true),
            Field.canonical("age", FieldType.INTEGER, false),
            Field.canonical("country", FieldType.STRING, false),
            Field.canonical("born", FieldType.DATE, false),
            Field.canonical("device", FieldType.JSON, false)));

    @Test
    void compares_a_decimal_with_a_double_and_with_a_whole_number() throws Exception {
        assertThat(evaluate("amount > 50.0")).isEqualTo(true);
        assertThat(evaluate("amount > 50")).isEqualTo(true);
    }

    @Test
    void takes_the_hour_of_a_timestamp_in_a_named_zone() throws Exception {
        assertThat(evaluate("at.getHours()")).isEqualTo(22L);
        assertThat(evaluate("at.getHours(\"Europe/Brussels\")")).isEqualTo(0L);
    }

    @Test
    void is_missing_where_it_reads_a_missing_value_without_asking() throws Exception {
        assertThat(evaluate("age > 18")).isNull();
        assertThat(evaluate("age == null || age > 18")).isEqualTo(true);
        assertThat(evaluate("country == null ? \"unknown\" : country")).isEqualTo("unknown");
    }

    @Test
    void reads_dates_and_members_of_json() throws Exception {
        assertThat(evaluate("born < timestamp(\"2000-01-01T00:00:00Z\")")).isEqualTo(true);
        assertThat(evaluate("device.os == \"android\" && device.version >= 13")).isEqualTo(true);
        assertThat(evaluate("double(device.version) * 2.0")).isEqualTo(28.0);
    }

    @Test
    void gives_values_of_its_type() throws Exception {
        assertThat(Expression.compile("amount * 2.0", SCHEMA).type()).isEqualTo(FieldType.DOUBLE);
        assertThat(Expression.compile("at", SCHEMA).type()).isEqualTo(FieldType.TIMESTAMP);
        assertThat(evaluate("at")).isEqualTo(Instant.parse("2018-07-01T22:15:00Z"));
        assertThat(Expression.compile("age", SCHEMA).type()).isEqualTo(FieldType.INTEGER);
    }

    @Test
    void names_the_fields_that_it_reads() throws Exception {
        assertThat(Expression.compile("amount > 1.0 && at.getHours() < 6", SCHEMA)
                        .fields())
                .containsExactlyInAnyOrder("amount", "at");
    }

    @Test
    void refuses_an_unknown_field_and_suggests_the_near_one() {
        InvalidExpressionException refused = catchThrowableOfType(
                InvalidExpressionException.class, () -> Expression.compile("1.0 < amuont", SCHEMA));
        assertThat(refused.mistakes()).hasSize(1);
        assertThat(refused.mistakes().get(0).message()).contains("amuont");
        assertThat(refused.mistakes().get(0).suggestion()).contains("amount");
        assertThat(refused.mistakes().get(0).column()).isEqualTo(6);
    }

    @Test
    void refuses_operators_that_do_not_fit_the_types() {
        InvalidExpressionException refused =
                catchThrowableOfType(InvalidExpressionException.class, () -> Expression.compile("country > 3", SCHEMA));
        assertThat(refused).hasMessageContaining("no matching overload");
    }

    @Test
    void has_no_value_where_the_arithmetic_has_none() {
        EvaluationException failed = catchThrowableOfType(EvaluationException.class, () -> evaluate("1 / (2 - 2)"));
        assertThat(failed).hasMessageContaining("1 / (2 - 2)").hasMessageContaining("by zero");
    }

    @Test
    void a_missing_value_is_unknown_as_in_sql() throws Exception {
        assertThat(evaluate("country == \"BE\"")).isNull();
        assertThat(evaluate("country != \"BE\"")).isNull();
        assertThat(evaluate("!(country == \"BE\")")).isNull();
        assertThat(evaluate("country in [\"BE\"]")).isNull();
        assertThat(evaluate("amount > 50 || country == \"BE\"")).isEqualTo(true);
        assertThat(evaluate("country == \"BE\" || amount > 50")).isEqualTo(true);
        assertThat(evaluate("amount > 90 && country == \"BE\"")).isEqualTo(false);
        assertThat(evaluate("amount > 50 && country == \"BE\"")).isNull();
        assertThat(evaluate("country != null && country == \"BE\"")).isEqualTo(false);
        assertThat(evaluate("null == country")).isEqualTo(true);
        assertThat(evaluate("[1, 2].exists(n, n == age)")).isNull();
        assertThat(evaluate("{\"a\": country == null}[\"a\"]")).isEqualTo(true);
    }

    @Test
    void a_field_may_be_called_what_cel_calls_a_type_or_a_function() throws Exception {
        List<String> names = List.of(
                "timestamp",
                "duration",
                "int",
                "uint",
                "double",
                "string",
                "bool",
                "bytes",
                "list",
                "map",
                "type",
                "dyn",
                "size",
                "has",
                "all",
                "null_type",
                "google",
                "now",
                "value",
                "has_more");
        Schema schema = new Schema(names.stream()
                .map(name -> Field.canonical(name, FieldType.INTEGER, true))
                .toList());
        Object[] values = names.stream().map(name -> 7L).toArray();
        for (String name : names) {
            assertThat(Expression.compile(name + " + 1 > 7", schema).evaluate(new Row(schema, values)))
                    .as(name)
                    .isEqualTo(true);
        }
    }

    @Test
    void computes_with_timestamps() throws Exception {
        assertThat(evaluate("at + duration(\"90m\")")).isEqualTo(Instant.parse("2018-07-01T23:45:00Z"));
        assertThat(evaluate("timestamp(\"2018-07-01T00:00:00+02:00\")"))
                .isEqualTo(Instant.parse("2018-06-30T22:00:00Z"));
        assertThat(evaluate("at - born > duration(\"24h\")")).isEqualTo(true);
        assertThat(evaluate("born == null ? at : born")).isEqualTo(Instant.parse("1999-12-31T00:00:00Z"));
    }

    @Test
    void reads_json_of_any_depth_and_size() throws Exception {
        assertThat(evaluate("device.tags.exists(t, t == \"new\")")).isEqualTo(true);
        assertThat(evaluate("device.huge > 1.0e300")).isEqualTo(true);
        assertThat(evaluate("device.none == null")).isEqualTo(true);
        assertThat(evaluate("has(device.absent)")).isEqualTo(false);
        assertThat(evaluate("string(device.os) + \"!\"")).isEqualTo("android!");
        assertThat(evaluate("int(device.tags.size())")).isEqualTo(2L);
    }

    @Test
    void fails_on_an_absent_member_of_json_that_is_there() {
        EvaluationException failed =
                catchThrowableOfType(EvaluationException.class, () -> evaluate("device.absent == 1"));
        assertThat(failed).hasMessageContaining("absent");
    }

    @Test
    void refuses_a_result_that_no_field_can_hold() {
        for (String text : List.of("device.os", "[1, 2]", "at - at", "b\"bytes\"", "null", "1u")) {
            InvalidExpressionException refused =
                    catchThrowableOfType(InvalidExpressionException.class, () -> Expression.compile(text, SCHEMA));
            assertThat(refused).as(text).hasMessageContaining("which no field can have");
        }
    }

    @Test
    void a_regular_expression_can_not_be_made_to_run_for_ever() throws Exception {
        assertThat(evaluate("(\"a\" + string(device.os)).matches(\"(a+)+$\")")).isEqualTo(false);
        assertThat(evaluate("string(device.many).matches(\"^(a+)+$\")")).isEqualTo(false);
    }

    @Test
    void a_result_is_text_that_can_be_stored() {
        EvaluationException failed = catchThrowableOfType(EvaluationException.class, () -> evaluate("\"\\u0000\""));
        assertThat(failed).hasMessageContaining("U+0000");
    }

    private static Object evaluate(String text) throws Exception {
        Row row = new Row(
                SCHEMA,
                new BigDecimal("57.16"),
                Instant.parse("2018-07-01T22:15:00Z"),
                null,
                null,
                LocalDate.of(1999, 12, 31),
                new ObjectMapper()
                        .readTree("{\"os\": \"android\", \"version\": 14, \"tags\": [\"new\", null], \"none\": null,"
                                + " \"huge\": 123456789012345678901234567890e280, \"many\": \"" + "a".repeat(5_000)
                                + "!\"}"));
        return Expression.compile(text, SCHEMA).evaluate(row);
    }
}
