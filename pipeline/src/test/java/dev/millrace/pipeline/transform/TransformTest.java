package dev.millrace.pipeline.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.declaration.QualityRule.Otherwise;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransformTest {
    private static final Schema EVENT = new Schema(List.of(
            Field.canonical("amount", FieldType.DECIMAL, true),
            Field.canonical("country", FieldType.STRING, false),
            Field.canonical("age", FieldType.INTEGER, false)));

    @Test
    void an_event_that_passes_every_check_is_clean_and_has_no_flags() {
        Transform transform = transform(List.of(reject("positive", "amount > 0")), Map.of());

        assertThat(clean(transform, row("12.50", "BE", 30L))).isEqualTo("""
                {"amount":12.50,"country":"BE","age":30}""");
    }

    @Test
    void rejects_with_the_first_failing_check() {
        Transform transform =
                transform(List.of(reject("small", "amount < 100"), reject("positive", "amount > 0")), Map.of());

        assertThat(transform.apply(row("-1", null, null), CheckListener.NONE))
                .isEqualTo(new Outcome.Rejected(
                        RejectionReason.quality("positive"), "check 'positive' failed: amount > 0"));
    }

    @Test
    void flags_every_failing_check_and_lets_the_event_through() {
        Transform transform = transform(
                List.of(
                        flag("small", "amount < 100"),
                        flag("even", "int(amount) % 2 == 0"),
                        flag("adult", "age >= 18")),
                Map.of());

        assertThat(clean(transform, row("101", null, 20L))).isEqualTo("""
                {"amount":101,"age":20,"quality_flags":["small","even"]}""");
    }

    @Test
    void tells_its_listener_of_each_check_until_one_rejects() {
        List<String> heard = new ArrayList<>();
        Transform transform = transform(
                List.of(flag("a", "amount > 1"), reject("b", "amount > 2"), reject("c", "amount > 3")), Map.of());

        transform.apply(row("2", null, null), (check, passed) -> heard.add(check + " " + passed));

        assertThat(heard).containsExactly("a true", "b false");
    }

    @Test
    void a_check_over_a_missing_value_passes_unless_it_asks() {
        for (String check : List.of(
                "age > 18",
                "age == 18",
                "country == \"BE\"",
                "country != \"BE\"",
                "country in [\"BE\", \"NL\"]",
                "!(country == \"BE\")",
                "amount < 5 || country == \"BE\"",
                "country.startsWith(\"B\") && age > 3")) {
            assertThat(transform(List.of(reject("check", check)), Map.of())
                            .apply(row("7", null, null), CheckListener.NONE))
                    .as(check)
                    .isInstanceOf(Outcome.Clean.class);
        }
        for (String check :
                List.of("country != null && country == \"BE\"", "age != null", "amount < 5 && country == \"BE\"")) {
            assertThat(transform(List.of(reject("check", check)), Map.of())
                            .apply(row("7", null, null), CheckListener.NONE))
                    .as(check)
                    .isInstanceOf(Outcome.Rejected.class);
        }
    }

    @Test
    void derives_fields_from_the_event_and_from_derived_ones() {
        Transform transform = transform(
                List.of(),
                derive("twice", "amount * 2.0", "large", "twice > 20.0", "label_of", "large ? \"large\" : \"small\""));

        assertThat(clean(transform, row("12.50", null, null))).isEqualTo("""
                {"amount":12.50,"twice":25.0,"large":true,"label_of":"large"}""");
    }

    @Test
    void derives_the_same_fields_in_whatever_order_they_are_written() {
        Transform transform = transform(
                List.of(),
                derive("label_of", "large ? \"large\" : \"small\"", "large", "twice > 20.0", "twice", "amount * 2.0"));

        assertThat(clean(transform, row("12.50", null, null))).isEqualTo("""
                {"amount":12.50,"twice":25.0,"large":true,"label_of":"large"}""");
    }

    @Test
    void a_field_derived_from_a_missing_value_is_missing_unless_the_answer_is_known() {
        Transform transform = transform(
                List.of(),
                derive(
                        "belgian", "country == \"BE\"",
                        "known", "country == null ? \"unknown\" : country",
                        "either", "amount > 5.0 || country == \"BE\"",
                        "copy", "country"));

        assertThat(clean(transform, row("7", null, null))).isEqualTo("""
                {"amount":7,"known":"unknown","either":true}""");
    }

    @Test
    void rejects_an_event_on_which_an_expression_fails_although_nothing_is_missing() {
        Outcome failed =
                transform(List.of(), derive("share", "100 / age")).apply(row("1", null, 0L), CheckListener.NONE);
        Outcome overflow = transform(List.of(reject("sum", "age + 9223372036854775807 > 0")), Map.of())
                .apply(row("1", null, 1L), CheckListener.NONE);
        Outcome infinite = transform(List.of(), derive("big", "1.0 / (amount - amount)"))
                .apply(row("1", null, null), CheckListener.NONE);

        for (Outcome outcome : List.of(failed, overflow, infinite)) {
            assertThat(((Outcome.Rejected) outcome).reason()).isEqualTo(RejectionReason.EXPRESSION_FAILED);
        }
        assertThat(((Outcome.Rejected) failed).message()).startsWith("field 'share': '100 / age' has no value here");
    }

    @Test
    void derives_what_it_can_of_an_event_that_is_only_partly_known() {
        Transform transform = transform(List.of(), derive("twice", "amount * 2.0", "old", "age > 60"));

        Row derived = transform
                .completing(List.of("twice", "old"), List.of())
                .complete(new Row(EVENT, null, null, 70L), Optional.empty(), Map.of(), null);

        assertThat(derived.get("twice")).isNull();
        assertThat(derived.get("old")).isEqualTo(true);
    }

    @Test
    void knows_the_event_fields_behind_derived_ones() {
        Transform transform =
                transform(List.of(), derive("twice", "amount * 2.0", "large", "twice > 20.0", "old", "age > 60"));

        assertThat(transform.completing(List.of("large", "country"), List.of()).eventFields())
                .containsExactlyInAnyOrder("amount", "country");
    }

    @Test
    void refuses_to_bind_an_expression_that_does_not_compile() {
        assertThatThrownBy(() -> transform(List.of(reject("bad", "amuont > 0")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amuont");
    }

    private static String clean(Transform transform, Row row) {
        Outcome outcome = transform.apply(row, CheckListener.NONE);
        assertThat(outcome).isInstanceOf(Outcome.Clean.class);
        return new String(new RowWriter(transform.cleanSchema()).write(((Outcome.Clean) outcome).row()), UTF_8);
    }

    private static Row row(String amount, String country, Long age) {
        return new Row(EVENT, new BigDecimal(amount), country, age);
    }

    private static Transform transform(List<QualityRule> rules, Map<String, String> derived) {
        return Transform.bind(
                EVENT, rules, derived.isEmpty() ? List.of() : List.of(new StepDeclaration.Derive(derived)), Map.of());
    }

    private static QualityRule reject(String name, String check) {
        return new QualityRule(name, check, Otherwise.REJECT);
    }

    private static QualityRule flag(String name, String check) {
        return new QualityRule(name, check, Otherwise.FLAG);
    }

    private static Map<String, String> derive(String... namesAndExpressions) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndExpressions.length; i += 2) {
            fields.put(namesAndExpressions[i], namesAndExpressions[i + 1]);
        }
        return fields;
    }
}
