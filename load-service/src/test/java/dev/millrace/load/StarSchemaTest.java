package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.worker.Replica;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What stands in the warehouse after events were sent. */
class StarSchemaTest {
    @Test
    void holds_one_row_an_event_with_the_values_that_were_sent() {
        Pipeline pipeline = Payment.pipeline("rows");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            IntStream.range(0, 10_000).mapToObj(Payment::number).forEach(feed::send);
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT count(*), count(DISTINCT id), min(id), max(id), sum(amount) FROM fact_rows"))
                    .containsExactly("10000|10000|p0000000|p0009999|499950.00");
            assertThat(Sql.rows("""
                            SELECT f.id, f.at, c.customer, c.segment, t.terminal, f.amount, f.is_night
                            FROM fact_rows f JOIN dim_rows_customer c USING (rows_customer_key)
                            JOIN dim_rows_terminal t USING (rows_terminal_key) WHERE f.id = 'p0004321'
                            """)).containsExactly("p0004321|2026-03-04 00:01:00+00|c1|private|1|43.21|f");
            assertThat(feed.rejections()).isEmpty();
            await().untilAsserted(() -> {
                assertThat(replica.count("millrace.events", "outcome", "ok")).isEqualTo(10_000);
                assertThat(replica.count("millrace.load.rows", "table", "fact_rows", "operation", "insert"))
                        .isEqualTo(10_000);
                assertThat(replica.count("millrace.load.rows", "table", "dim_rows_customer"))
                        .isEqualTo(40);
            });
        }
    }

    @Test
    void keeps_values_of_every_type_to_the_last_digit() {
        Pipeline pipeline = Feed.pipeline("""
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: types }
                spec:
                  event:
                    id: number
                    time: at
                    fields:
                      number: { type: integer, required: true }
                      at:     { type: timestamp, required: true }
                      text:   { type: string }
                      exact:  { type: decimal }
                      rough:  { type: double }
                      truth:  { type: boolean }
                      day:    { type: date }
                      tree:   { type: json }
                  sinks:
                    - postgres: { fact: { table: fact_types, partition: day } }
                """);
        String digits = "12345678901234567890123456789012345678";
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send("-", "k", """
                    {"number":9223372036854775807,"at":"2026-03-31T23:59:59.123456Z","text":"a\\t\\"b\\"\\\\N 🙂\\n","exact":%s,
                    "rough":-1.7976931348623157e308,"truth":true,"day":"0001-01-01","tree":{"a":[1,{"b":null}],"c":"\\"é"}}
                    """.formatted(digits));
            feed.send("-", "k", """
                    {"number":-9223372036854775808,"at":"0001-01-01T00:00:00Z","text":"","exact":-0.%s,"rough":4.9e-324,
                    "truth":false,"day":"9999-12-31","tree":[]}
                    """.formatted(digits));
            feed.send("-", "k", "{\"number\":0,\"at\":\"9999-12-31T23:59:59.999999Z\",\"exact\":100000000.0010}");
            feed.send("-", "k", "{\"number\":1,\"at\":\"2026-03-31T00:00:00Z\",\"exact\":0.000,\"rough\":0}");
            feed.send(
                    "-",
                    "k",
                    "{\"number\":3,\"at\":\"2026-03-31T00:00:00Z\",\"tree\":" + "[".repeat(900) + "]".repeat(900)
                            + "}");
            feed.send("-", "k", "{\"number\":2,\"at\":\"2026-03-31T00:00:00Z\",\"exact\":-10000}");
            feed.awaitLoaded();

            assertThat(
                            Sql.rows(
                                    "SELECT number, at, text, exact, rough, truth, day, tree FROM fact_types WHERE number <> 3 ORDER BY number"))
                    .containsExactly(
                            "-9223372036854775808|0001-01-01 00:00:00+00||-0." + digits + "|5e-324|f|9999-12-31|[]",
                            "0|9999-12-31 23:59:59.999999+00|null|100000000.0010|null|null|null|null",
                            "1|2026-03-31 00:00:00+00|null|0.000|0|null|null|null",
                            "2|2026-03-31 00:00:00+00|null|-10000|null|null|null|null",
                            "9223372036854775807|2026-03-31 23:59:59.123456+00|a\t\"b\"\\N 🙂\n|" + digits
                                    + "|-1.7976931348623157e+308|t|0001-01-01|{\"a\": [1, {\"b\": null}], \"c\": \"\\\"é\"}");
        }
    }

    @Test
    void puts_every_event_time_into_a_partition_and_far_off_times_into_the_default_one() {
        Pipeline pipeline = Payment.pipeline("months");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(0).happenedAt("2026-01-31T23:59:59.999999Z"));
            feed.send(Payment.number(1).happenedAt("2026-02-01T00:00:00Z"));
            feed.send(Payment.number(2).happenedAt("2012-12-31T12:00:00Z"));
            feed.send(Payment.number(3).happenedAt("0001-01-01T00:00:00Z"));
            feed.send(Payment.number(4).happenedAt("9999-12-31T23:59:59Z"));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT id, tableoid::regclass FROM fact_months ORDER BY id"))
                    .containsExactly(
                            "p0000000|fact_months_p2026_01",
                            "p0000001|fact_months_p2026_02",
                            "p0000002|fact_months_p2012_12",
                            "p0000003|fact_months_default",
                            "p0000004|fact_months_default");
        }
    }

    @Test
    void goes_on_where_the_default_partition_holds_rows_of_a_month_that_gets_its_own_now() {
        Pipeline pipeline = Payment.pipeline("overlap");
        try (Feed feed = new Feed(pipeline)) {
            feed.send(Payment.number(0));
            try (Replica replica = Replica.of(pipeline)) {
                feed.awaitLoaded();
            }
            Sql.execute(
                    "ALTER TABLE fact_overlap DETACH PARTITION fact_overlap_p2026_03;"
                            + " INSERT INTO fact_overlap SELECT * FROM fact_overlap_p2026_03; DROP TABLE fact_overlap_p2026_03");
            try (Replica replica = Replica.of(pipeline)) {
                feed.send(Payment.number(1));
                feed.awaitLoaded();
            }
            assertThat(Sql.rows("SELECT id, tableoid::regclass FROM fact_overlap ORDER BY id"))
                    .containsExactly("p0000000|fact_overlap_default", "p0000001|fact_overlap_default");
        }
    }

    @Test
    void gives_each_value_of_a_dimension_one_surrogate_key_and_keeps_its_latest_attributes() {
        Pipeline pipeline = Payment.pipeline("dims");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(1).inSegment("private"));
            feed.send(Payment.number(41).inSegment("private").atTerminal(null));
            feed.awaitLoaded();
            feed.send(Payment.number(81).inSegment("business"));
            feed.awaitLoaded();
            feed.send(Payment.number(121).inSegment(null));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT customer, segment FROM dim_dims_customer"))
                    .containsExactly("c1|business");
            assertThat(Sql.rows("SELECT count(DISTINCT dims_customer_key) FROM fact_dims"))
                    .containsExactly("1");
            assertThat(Sql.rows("SELECT f.id, t.terminal FROM fact_dims f LEFT JOIN dim_dims_terminal t USING"
                            + " (dims_terminal_key) ORDER BY 1"))
                    .containsExactly("p0000001|1", "p0000041|null", "p0000081|21", "p0000121|1");
        }
    }

    @Test
    void puts_score_label_model_and_version_beside_the_facts() {
        Pipeline pipeline = Payment.scoredPipeline("scores");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            Payment payment = Payment.number(7);
            feed.send(payment.id(), payment.customer(), payment.json("0.125"));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT id, amount, score, label, model, model_version FROM fact_scores"))
                    .containsExactly("p0000007|0.07|0.125|legit|fraud|7");
        }
    }

    @Test
    void adds_a_column_for_a_field_that_is_declared_later() {
        Pipeline before = Payment.pipeline("grown");
        Pipeline after = Feed.pipeline(Payment.declaration("grown")
                .replace("amount:   {", "channel:  { type: string, required: true }\n      amount:   {"));
        try (Feed feed = new Feed(before)) {
            feed.send(Payment.number(0));
            try (Replica replica = Replica.of(before)) {
                feed.awaitLoaded();
            }
            feed.send("p1", "c1", Payment.number(1).json().replace("{", "{\"channel\":\"web\","));
            try (Replica replica = Replica.of(after)) {
                feed.awaitLoaded();
            }
            assertThat(Sql.rows("SELECT id, channel FROM fact_grown ORDER BY id"))
                    .containsExactly("p0000000|null", "p0000001|web");
        }
    }

    @Test
    void rejects_what_is_no_event_and_loads_what_stands_around_it() {
        Pipeline pipeline = Payment.pipeline("malformed");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(0));
            feed.send("broken", "k", "{\"id\":");
            feed.send("typed", "k", Payment.number(1).json().replace("\"amount\":", "\"amount\":\"much\",\"x\":"));
            feed.send(null, "empty", "k", null, java.time.Instant.now());
            feed.send(Payment.number(2));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT id FROM fact_malformed ORDER BY id")).containsExactly("p0000000", "p0000002");
            assertThat(feed.awaitRejections(3).stream()
                            .collect(Collectors.toMap(found -> found.eventId(), found -> found.reason())))
                    .containsOnlyKeys("broken", "typed", "empty")
                    .containsEntry("broken", RejectionReason.MALFORMED)
                    .containsEntry("typed", RejectionReason.WRONG_TYPE)
                    .containsEntry("empty", RejectionReason.MALFORMED);
            assertThat(Sql.number("SELECT count(*) FROM millrace.rejection_outbox WHERE topic LIKE '%malformed%'"))
                    .isZero();
        }
    }
}
