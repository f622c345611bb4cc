package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.worker.Replica;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An event is in the warehouse once, however often it is sent. */
class DuplicatesTest {
    @Test
    void counts_an_event_that_is_sent_again_and_changes_nothing() {
        Pipeline pipeline = Payment.pipeline("again");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            IntStream.range(0, 1000).mapToObj(Payment::number).forEach(feed::send);
            feed.awaitLoaded();
            List<String> before = Sql.rows("SELECT * FROM fact_again ORDER BY id");
            // Some of the known ones, with new ones among them, and each of those twice.
            IntStream.range(500, 1500).mapToObj(Payment::number).forEach(feed::send);
            IntStream.range(1000, 1500).mapToObj(Payment::number).forEach(feed::send);
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT * FROM fact_again WHERE id < 'p0001000' ORDER BY id"))
                    .isEqualTo(before);
            assertThat(Sql.rows("SELECT count(*), count(DISTINCT id) FROM fact_again"))
                    .containsExactly("1500|1500");
            await().untilAsserted(() -> {
                assertThat(replica.count("millrace.events", "outcome", "duplicate"))
                        .isEqualTo(1000);
                assertThat(replica.count("millrace.events", "outcome", "ok")).isEqualTo(1500);
            });
            assertThat(feed.rejections()).isEmpty();
        }
    }

    @Test
    void takes_another_way_of_writing_the_same_values_for_the_same_event() {
        Pipeline pipeline = Payment.scoredPipeline("spelled");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            Payment payment = Payment.number(150);
            feed.send("a", "k", payment.ofAmount("1.5").json("0.25"));
            feed.awaitLoaded();
            feed.send("a", "k", payment.ofAmount("1.500").json("0.75"));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT amount, score FROM fact_spelled")).containsExactly("1.5|0.25");
            await().untilAsserted(() -> assertThat(replica.count("millrace.events", "outcome", "duplicate"))
                    .isEqualTo(1));
        }
    }

    @Test
    void rejects_another_event_with_a_known_id_whatever_month_it_is_of() {
        Pipeline pipeline = Payment.pipeline("taken");
        try (Feed feed = new Feed(pipeline);
                Replica replica = Replica.of(pipeline)) {
            feed.send(Payment.number(1)).send(Payment.number(2));
            feed.awaitLoaded();
            Payment richer = Payment.number(1).ofAmount("999.99");
            Payment later = Payment.number(2).happenedAt("2026-09-01T00:00:00Z");
            feed.send(richer).send(later).send(Payment.number(3));
            feed.awaitLoaded();

            assertThat(Sql.rows("SELECT id, amount, at FROM fact_taken ORDER BY id"))
                    .containsExactly(
                            "p0000001|0.01|2026-03-01 00:01:00+00",
                            "p0000002|0.02|2026-03-01 00:02:00+00",
                            "p0000003|0.03|2026-03-01 00:03:00+00");
            List<Rejection> rejections = feed.awaitRejections(2);
            assertThat(rejections).extracting(Rejection::reason).containsOnly(RejectionReason.DUPLICATE_ID);
            assertThat(rejections)
                    .extracting(rejection -> new String(rejection.original(), StandardCharsets.UTF_8))
                    .containsExactlyInAnyOrder(richer.json(), later.json());
            await().untilAsserted(() -> assertThat(replica.count("millrace.rejected", "reason", "duplicate_id"))
                    .isEqualTo(2));
        }
    }

    @Test
    void keeps_the_first_of_two_events_with_one_id_in_one_batch() {
        Pipeline pipeline = Payment.pipeline("twins");
        try (Feed feed = new Feed(pipeline)) {
            feed.send(Payment.number(1)).send(Payment.number(1).ofAmount("2")).send(Payment.number(1));
            feed.flush();
            try (Replica replica = Replica.of(pipeline)) {
                feed.awaitLoaded();
                assertThat(Sql.rows("SELECT id, amount FROM fact_twins")).containsExactly("p0000001|0.01");
                assertThat(feed.awaitRejections(1))
                        .extracting(Rejection::reason)
                        .containsExactly(RejectionReason.DUPLICATE_ID);
                await().untilAsserted(() -> assertThat(replica.count("millrace.events", "outcome", "duplicate"))
                        .isEqualTo(1));
            }
        }
    }
}
