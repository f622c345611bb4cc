package dev.millrace.pipeline.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps that need nothing but the event, as an author declares them. */
class StepsTest {
    private static final String EVENT = """
            {"id": "o1", "at": "2026-03-01T10:00:00Z", "customer": "c7", "amt": "12.50", "pieces": "3", "country": "BE"}
            """;

    private static final String FORM = "expected a function of a value, such as count(), mean(amount), quantile(amount,"
            + " 0.95) or sum(amount) where is_night; functions are count, sum, mean, min, max, stddev, first, last,"
            + " distinct, quantile, recent";

    @Test
    void renames_casts_and_selects_in_their_order() throws Exception {
        assertThat(clean("""
                - rename: { amt: amount }
                - cast: { amount: decimal, pieces: integer }
                - derive: { price: amount / double(pieces) }
                - select: [at, id, price, customer]
                """)).isEqualTo("""
                {"at":"2026-03-01T10:00:00Z","id":"o1","price":4.166666666666667,"customer":"c7"}""");
    }

    @Test
    void rejects_a_value_that_can_not_be_cast_and_says_which() throws Exception {
        Outcome outcome = outcome("- cast: { country: integer }");

        assertThat(outcome)
                .isEqualTo(new Outcome.Rejected(
                        RejectionReason.WRONG_TYPE,
                        "field 'country' is cast to integer: expected a whole number such as 42, got 'BE'"));
    }

    @Test
    void leaves_out_what_a_filter_does_not_let_through_and_what_it_can_not_tell() throws Exception {
        assertThat(outcome("- filter: country == 'BE'")).isInstanceOf(Outcome.Clean.class);
        assertThat(outcome("- filter: country == 'NL'")).isEqualTo(new Outcome.LeftOut(Outcome.Why.FILTERED));
        assertThat(outcome("- filter: remark == 'x'")).isEqualTo(new Outcome.LeftOut(Outcome.Why.FILTERED));
    }

    @Test
    void a_token_is_the_same_for_the_same_value_and_secret_and_tells_nothing_of_it() throws Exception {
        String steps = "- tokenize: { fields: [customer], secret: tokens }";
        Pipeline pipeline = pipeline(steps);
        Row event = event(pipeline);
        Transform one = pipeline.transform().with(name -> (name + " and sixteen bytes").getBytes(UTF_8));
        Transform other = pipeline.transform().with(name -> "some quite different key".getBytes(UTF_8));

        Object token = customer(one.apply(event, CheckListener.NONE));

        // echo -n c7 | openssl dgst -sha256 -hmac 'tokens and sixteen bytes' -binary | head -c 16 | basenc --base64url
        assertThat(token).isEqualTo("mBQUamadrdpDPSiEi_CewA");
        assertThat(customer(one.apply(event, CheckListener.NONE))).isEqualTo(token);
        assertThat(customer(other.apply(event, CheckListener.NONE))).isNotEqualTo(token);
        assertThatThrownBy(() -> pipeline.transform().with(name -> new byte[3]))
                .hasMessage("the secret 'tokens' has 3 bytes; tokens need 16");
    }

    @Test
    void waits_at_a_window_for_who_knows_what_came_before() throws Exception {
        Pipeline pipeline = pipeline("""
                - derive: { night: at.getHours() < 6 }
                - window: { by: customer, over: [1d, 7d], compute: { n: "count()", nights: "count() where night" } }
                - derive: { busy: n_1d > 3 }
                """);
        Transform transform = pipeline.transform();

        Outcome.At at = (Outcome.At) transform.enter(event(pipeline), CheckListener.NONE);
        WindowStep window = (WindowStep) transform.keyedStep(at.step());
        Outcome.Clean clean =
                (Outcome.Clean) transform.proceed(window.with(at.row(), new Object[] {4L, 9L, 1L, 2L}), at.step() + 1);

        assertThat(window.key(at.row())).isEqualTo("c7");
        assertThat(window.name()).isEqualTo("window-customer");
        assertThat(clean.row().schema().names())
                .endsWith("night", "n_1d", "n_7d", "nights_1d", "nights_7d", "busy", "quality_flags");
        assertThat(clean.row().get("busy")).isEqualTo(true);
        assertThat(transform.completing(List.of("busy"), List.of()).eventFields())
                .containsExactly("customer");
    }

    @Test
    void every_mistake_of_a_step_is_told_at_its_place() {
        assertThat(mistakes("""
                - filter: amount > 1
                - rename: { id: key, pieces: country }
                - cast: { at: string }
                - select: [at, amt]
                - tokenize: { fields: [id], secret: x }
                - deduplicate: { within: 7d, by: [custmer] }
                - window: { by: customer, over: [7 days], tumbling: 1d, compute: { n: "cuont()" } }
                - window: { by: customer, over: [1d, 24h], labels: frauds, compute: { m: "mean(country)" } }
                - window: { by: customer, over: [1d], labels: chargebacks, compute: { r: "sum(label) where amt == ''" } }
                - window: { by: customer, over: [1d], compute: { q: "quantile(1.0)", s: "sum(1) + 2", w: "count() where 3" } }
                """))
                .containsExactly(
                        "9:15: unknown field or function 'amount'",
                        "10:21: 'id' is the event's id, key or time and keeps its name",
                        "10:34: there is a field 'country' already",
                        "11:19: 'at' is the event's id, key or time and keeps its type",
                        "12:15: 'id' is the event's id, key or time and has to be among the fields",
                        "12:15: 'customer' is the event's id, key or time and has to be among the fields",
                        "13:28: 'id' is the event's id, by which it is found again",
                        "14:39: no field 'custmer', declared or derived",
                        "15:15: expected one of over, tumbling, hopping and session",
                        "15:38: expected a length of time such as 30s, 15m, 12h or 7d, got '7 days'",
                        "15:75: " + FORM,
                        "16:42: '24h' stands here twice",
                        "16:56: no labels 'frauds' in spec.labels",
                        "16:84: unknown field or function 'country'",
                        "17:78: what reads label can read nothing else: the label comes later, without its event",
                        "18:57: quantile needs its rank too, such as quantile(amount, 0.95)",
                        "18:77: " + FORM,
                        "18:94: expected a condition that is true or false behind where, and this is a integer");
    }

    private static List<String> mistakes(String steps) {
        try {
            pipeline(steps);
            return List.of();
        } catch (InvalidDeclarationException e) {
            return e.mistakes().stream()
                    .map(mistake -> mistake.line() + ":" + mistake.column() + ": " + mistake.message())
                    .toList();
        }
    }

    private static Object customer(Outcome outcome) {
        return ((Outcome.Clean) outcome).row().get("customer");
    }

    private static String clean(String steps) throws InvalidDeclarationException {
        Pipeline pipeline = pipeline(steps);
        Outcome outcome = pipeline.transform().apply(event(pipeline), CheckListener.NONE);
        assertThat(outcome).isInstanceOf(Outcome.Clean.class);
        return new String(pipeline.cleanWriter().write(((Outcome.Clean) outcome).row()), UTF_8);
    }

    private static Outcome outcome(String steps) throws InvalidDeclarationException {
        Pipeline pipeline = pipeline(steps);
        return pipeline.transform().apply(event(pipeline), CheckListener.NONE);
    }

    private static Row event(Pipeline pipeline) {
        return ((Reading.Read) pipeline.eventReader().read(EVENT.getBytes(UTF_8))).row();
    }

    private static Pipeline pipeline(String steps) throws InvalidDeclarationException {
        String yaml = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: orders }
                spec:
                  event: { id: id, key: customer, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, customer: { type: string, required: true }, amt: { type: string }, pieces: { type: string }, country: { type: string }, remark: { type: string } } }
                  labels: { chargebacks: {} }
                  sinks: [{ postgres: { fact: { table: fact_order } } }]
                  transform:
                """;
        return Pipeline.of(DeclarationReader.read("orders.yaml", yaml + steps.indent(4)));
    }
}
