package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.worker.Replica;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows and tables that do not fit together. */
class RefusedRowsTest {
    @Test
    void rejects_the_rows_that_a_constraint_forbids_and_loads_the_rest_of_the_batch() {
        Pipeline pipeline = Payment.pipeline("checked");
        try (Feed feed = new Feed(pipeline)) {
            feed.send(Payment.number(0));
            try (Replica replica = Replica.of(pipeline)) {
                feed.awaitLoaded();
            }
            Sql.execute("ALTER TABLE fact_checked ADD CONSTRAINT affordable CHECK (amount < 1000)");
            IntStream.range(1, 2000)
                    .mapToObj(Payment::number)
                    .map(payment -> payment.id().endsWith("777") ? payment.ofAmount("1000") : payment)
                    .forEach(feed::send);
            try (Replica replica = Replica.of(pipeline)) {
                feed.awaitLoaded();
                assertThat(Sql.number("SELECT count(*) FROM fact_checked")).isEqualTo(1998);
                List<Rejection> rejections = feed.awaitRejections(2);
                assertThat(rejections).extracting(Rejection::eventId).containsExactlyInAnyOrder("p0000777", "p0001777");
                assertThat(rejections).allSatisfy(rejection -> {
                    assertThat(rejection.reason()).isEqualTo(RejectionReason.LOAD_FAILED);
                    assertThat(rejection.message()).contains("affordable");
                });
                await().untilAsserted(() -> {
                    assertThat(replica.count("millrace.events", "outcome", "ok"))
                            .isEqualTo(1997);
                    assertThat(replica.count("millrace.rejected", "reason", "load_failed"))
                            .isEqualTo(2);
                });
            }
        }
    }

    @Test
    void rejects_an_id_that_is_too_long_for_an_index_alone() {
        Pipeline pipeline = Payment.pipeline("long-id");
        String endless = new Random(1)
                .ints(20_000, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(0));
            feed.send("endless", "k", Payment.number(1).json().replace("p0000001", endless));
            feed.send(Payment.number(2));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT id FROM fact_long_id ORDER BY id")).containsExactly("p0000000", "p0000002");
            assertThat(feed.awaitRejections(1))
                    .extracting(Rejection::reason)
                    .containsExactly(RejectionReason.LOAD_FAILED);
        }
    }

    @Test
    void names_the_column_that_does_not_fit_and_loads_everything_once_it_does() {
        Pipeline pipeline = Payment.pipeline("misfit");
        Sql.execute("CREATE TABLE dim_misfit_customer (misfit_customer_key bigint GENERATED ALWAYS AS IDENTITY,"
                + " customer integer UNIQUE, segment text)");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            IntStream.range(0, 100).mapToObj(Payment::number).forEach(feed::send);
            feed.flush();
            await().untilAsserted(() -> assertThat(replica.state(pipeline))
                    .contains("table public.dim_misfit_customer, column customer: expected text, and it is integer"));
            assertThat(feed.rejections()).isEmpty();

            Sql.execute("ALTER TABLE dim_misfit_customer ALTER customer TYPE text");
            feed.awaitLoaded();
            assertThat(Sql.number("SELECT count(*) FROM fact_misfit")).isEqualTo(100);
            assertThat(replica.state(pipeline)).isEqualTo("loading");
        }
    }

    @Test
    void waits_while_a_column_has_another_type_than_when_it_was_made_and_rejects_nothing() {
        Pipeline pipeline = Payment.scoredPipeline("altered");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send("a", "k", Payment.number(0).json("0.5"));
            feed.awaitLoaded();
            Sql.execute("ALTER TABLE fact_altered ALTER amount TYPE real, ALTER score TYPE bigint");
            feed.send("b", "k", Payment.number(1).json("0.5"));
            feed.flush();
            await().untilAsserted(() -> assertThat(replica.state(pipeline))
                    .contains("column amount: expected numeric, and it is real")
                    .contains("column score: expected double precision, and it is bigint"));

            Sql.execute("ALTER TABLE fact_altered ALTER amount TYPE numeric, ALTER score TYPE double precision");
            feed.awaitLoaded();
            assertThat(Sql.rows("SELECT id, score FROM fact_altered WHERE id = 'p0000001'"))
                    .containsExactly("p0000001|0.5");
            assertThat(feed.rejections()).isEmpty();
        }
    }

    @Test
    void never_reads_a_number_s_bits_as_another_type_s() {
        Pipeline pipeline = Payment.scoredPipeline("bits");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send("a", "k", Payment.number(0).json("0.5"));
            feed.awaitLoaded();
            // As wide as a double: a binary COPY would take the bits for a whole number.
            Sql.execute("ALTER TABLE fact_bits ALTER score TYPE bigint");
            feed.send("b", "k", Payment.number(1).json("0.5"));
            feed.flush();
            await().untilAsserted(() -> assertThat(replica.state(pipeline)).contains("column score"));
            assertThat(Sql.number("SELECT count(*) FROM fact_bits")).isEqualTo(1);
        }
    }

    @Test
    void makes_a_dropped_column_again() {
        Pipeline pipeline = Payment.pipeline("dropped");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            Sql.execute("ALTER TABLE fact_dropped DROP COLUMN amount");
            feed.send(Payment.number(1));
            feed.awaitLoaded();
            assertThat(Sql.rows("SELECT id, amount FROM fact_dropped ORDER BY id"))
                    .containsExactly("p0000000|null", "p0000001|0.01");
        }
    }

    @Test
    void leaves_a_fact_table_alone_that_belongs_to_another_pipeline() {
        Pipeline owner = Payment.pipeline("owner");
        Pipeline intruder = Feed.pipeline(Payment.declaration("owner").replace("name: owner", "name: intruder"));
        try (Feed feed = new Feed(owner);
                Feed other = new Feed(intruder);
                Replica replica = Replica.of(owner)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            other.send(Payment.number(1)).flush();
            replica.start(intruder);
            await().untilAsserted(() -> assertThat(replica.state(intruder))
                    .contains("table public.fact_owner: it belongs to pipeline 'owner'"));
            assertThat(Sql.number("SELECT count(*) FROM fact_owner")).isEqualTo(1);
            assertThat(replica.state(owner)).isEqualTo("loading");
        }
    }
}
