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

    private static Object evaluate(String text) throws Exception {
        Row row = new Row(
                SCHEMA,
                new BigDecimal("57.16"),
                Instant.parse("2018-07-01T22:15:00Z"),
                null,
                null,
                LocalDate.of(1999, 12, 31),
                new ObjectMapper().readTree("{\"os\": \"android\", \"version\": 14}"));
        return Expression.compile(text, SCHEMA).evaluate(row);
    }
}
