package dev.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.batch.LoadPlan;
import dev.millrace.load.schema.StarSchema;
import dev.millrace.load.warehouse.Offsets;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.load.worker.Replica;
import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.Rejection;
import io.agroal.api.AgroalDataSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No event is lost or doubled, whatever ends in the middle. */
class ExactlyOnceTest {
    private static final int SMALL_BATCH = 200;
    private static final int EVENTS = 20_000;
    private static final int ENDS = 6;

    @Test
    void loses_and_doubles_nothing_when_connections_are_cut_in_the_midst_of_a_copy() {
        Pipeline pipeline = Payment.pipeline("cut");
        try (Feed feed = new Feed(pipeline)) {
            send(feed, 0, EVENTS);
            try (Replica replica = new Replica(SMALL_BATCH).start(pipeline)) {
                for (int cut = 0; cut < 5; cut++) {
                    await().pollInterval(Duration.ofMillis(1))
                            .until(() -> endConnections("query LIKE 'COPY%fact_cut%' AND state <> 'idle'"));
                }
                feed.awaitLoaded();
                assertOnce("cut", EVENTS);
                await().untilAsserted(() -> assertThat(replica.count("millrace.load.rows", "table", "fact_cut"))
                        .isEqualTo(EVENTS));
                assertThat(replica.count("millrace.events", "outcome", "duplicate"))
                        .isZero();
                assertThat(feed.rejections()).isEmpty();
            }
        }
    }

    @Test
    void goes_on_where_a_stopped_replica_ended() {
        Pipeline pipeline = Payment.pipeline("handed");
        try (Feed feed = new Feed(pipeline)) {
            send(feed, 0, EVENTS);
            try (Replica first = new Replica(SMALL_BATCH).start(pipeline)) {
                awaitRows("handed", 1);
            }
            assertThat(Sql.number("SELECT count(*) FROM fact_handed")).isLessThan(EVENTS);
            try (Replica second = new Replica().start(pipeline)) {
                feed.awaitLoaded();
                assertOnce("handed", EVENTS);
                assertThat(second.count("millrace.events", "outcome", "duplicate"))
                        .isZero();
            }
        }
    }

    @Test
    void shares_the_partitions_between_replicas_that_come_and_go() {
        Pipeline pipeline = Payment.pipeline("shared");
        try (Feed feed = new Feed(pipeline);
                Replica first = new Replica(SMALL_BATCH).start(pipeline)) {
            int sent = sendUntil(feed, 0, () -> first.count("millrace.events", "outcome", "ok") > 0);
            try (Replica second = new Replica(SMALL_BATCH).start(pipeline)) {
                sent = sendUntil(feed, sent, () -> second.count("millrace.events", "outcome", "ok") > 1000);
                send(feed, sent, sent + 2000);
            }
            send(feed, sent + 2000, sent + 3000);
            feed.awaitLoaded();
            assertOnce("shared", sent + 3000);
            assertThat(first.count("millrace.events", "outcome", "duplicate")).isZero();
            assertThat(feed.rejections()).isEmpty();
        }
    }

    @Test
    void knows_what_a_commit_did_whose_answer_was_lost() {
        Pipeline pipeline = Payment.pipeline("unheard");
        try (Feed feed = new Feed(pipeline);
                Replica replica = new Replica().start(pipeline)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            // A commit waits for a standby that never answers; ended there, it has happened all the same.
            Sql.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            Sql.execute("SELECT pg_reload_conf()");
            try {
                feed.send("broken", "c0", "{").send(Payment.number(40));
                feed.flush();
                await().until(() -> !Sql.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE wait_event = 'SyncRep'")
                        .isEmpty());
            } finally {
                Sql.execute("ALTER SYSTEM RESET synchronous_standby_names");
                Sql.execute("SELECT pg_reload_conf()");
            }
            feed.awaitLoaded();

            assertThat(Sql.number("SELECT count(*) FROM fact_unheard")).isEqualTo(2);
            assertThat(feed.awaitRejections(1)).extracting(Rejection::eventId).containsExactly("broken");
            await().untilAsserted(() -> assertThat(replica.count("millrace.events", "outcome", "ok"))
                    .isEqualTo(2));
            assertThat(replica.count("millrace.events", "outcome", "duplicate")).isZero();
        }
    }

    @Test
    void loads_again_what_an_older_copy_of_the_warehouse_lacks() {
        Pipeline pipeline = Payment.pipeline("restored");
        try (Feed feed = new Feed(pipeline);
                Replica replica = new Replica().start(pipeline)) {
            send(feed, 0, 100);
            feed.awaitLoaded();
            Sql.execute("BEGIN; DELETE FROM fact_restored; DELETE FROM millrace.fact_restored_ids;"
                    + " UPDATE millrace.offsets SET next_offset = 0 WHERE topic = '" + pipeline.topicToLoad()
                    + "'; COMMIT");
            send(feed, 100, 200);
            feed.awaitLoaded();
            assertOnce("restored", 200);
        }
    }

    @Test
    void believes_no_key_that_it_found_before_the_warehouse_was_another_one() throws Exception {
        Pipeline pipeline = Payment.pipeline("another");
        Replica.of(pipeline).close();
        LoadPlan plan = LoadPlan.of(pipeline, StarSchema.of(pipeline, "public").orElseThrow());
        try (AgroalDataSource database = Machine.warehouse()) {
            Warehouse warehouse = new Warehouse(database, plan);
            warehouse.prepare();
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                Offsets.positions(connection, pipeline.topicToLoad(), Map.of(0, 0L, 1, 0L));
            }
            warehouse.load(batch(plan, 0, Payment.number(0)));
            Batch waiting = batch(plan, 1, Payment.number(0).withId("of another partition"));
            Sql.execute("DELETE FROM fact_another; DELETE FROM millrace.fact_another_ids; DELETE FROM"
                    + " dim_another_customer; DELETE FROM dim_another_terminal");
            warehouse.prepare();
            warehouse.load(waiting);
        }
        assertThat(Sql.rows("SELECT customer, terminal FROM fact_another JOIN dim_another_customer USING"
                        + " (another_customer_key) JOIN dim_another_terminal USING (another_terminal_key)"))
                .containsExactly("c0|0");
    }

    private static Batch batch(LoadPlan plan, int partition, Payment payment) {
        Batch batch = new Batch(plan);
        byte[] value = payment.json().getBytes(StandardCharsets.UTF_8);
        batch.add(new ConsumerRecord<>(plan.pipeline().topicToLoad(), partition, 0, new byte[0], value), 0);
        return batch;
    }

    @Test
    void waits_for_a_killed_database_and_goes_on_when_it_is_back(@TempDir Path folder) throws Exception {
        Pipeline pipeline = Payment.pipeline("outage");
        PostgresServer database = PostgresServer.start(folder, 0);
        int port = database.port();
        try (Feed feed = new Feed(pipeline);
                Replica replica =
                        new Replica(SMALL_BATCH, Machine.warehouse(database.jdbcUrl(), database.password()))) {
            send(feed, 0, EVENTS);
            replica.start(pipeline);
            await().until(() -> replica.count("millrace.events", "outcome", "ok") > 0);
            database.kill();
            await().untilAsserted(() -> assertThat(replica.state(pipeline)).startsWith("waiting: the warehouse fails"));
            database.close();

            database = PostgresServer.start(folder, port);
            // What a database loses of its last moment is loaded, and counted, again.
            PostgresServer back = database;
            await().atMost(Duration.ofSeconds(30)).until(() -> countAndSum(back).startsWith(EVENTS + " "));
            assertThat(replica.state(pipeline)).isEqualTo("loading");
            assertThat(countAndSum(back)).isEqualTo(EVENTS + " 1999900.00");
            assertThat(query(
                            back,
                            "SELECT count(*) FROM fact_outage JOIN dim_outage_customer USING (outage_customer_key)"
                                    + " JOIN dim_outage_terminal USING (outage_terminal_key)"))
                    .isEqualTo(Integer.toString(EVENTS));
        } finally {
            database.close();
        }
    }

    @Test
    void goes_on_whatever_its_connections_were_in_the_midst_of() {
        Pipeline pipeline = Payment.pipeline("ended");
        String named = Machine.jdbcUrl() + "?ApplicationName=ended";
        try (Feed feed = new Feed(pipeline);
                Replica replica = new Replica(SMALL_BATCH, Machine.warehouse(named, Machine.password()))) {
            replica.start(pipeline);
            int sent = 0;
            for (int end = 0; end < ENDS; end++) {
                feed.send("broken" + end, "c0", "{");
                send(feed, sent, sent + EVENTS / 5);
                sent += EVENTS / 5;
                await().pollInterval(Duration.ofMillis(5))
                        .until(() -> endConnections(
                                "datname = 'millrace'" + " AND application_name = 'ended' AND state <> 'idle'"));
                assertThat(replica.isBroken()).isFalse();
            }
            feed.awaitLoaded();

            assertOnce("ended", sent);
            assertThat(feed.awaitRejections(ENDS))
                    .extracting(Rejection::eventId)
                    .doesNotHaveDuplicates();
        }
    }

    private static boolean endConnections(String which) {
        return !Sql.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                        + which)
                .isEmpty();
    }

    private static String countAndSum(PostgresServer database) throws SQLException {
        return query(database, "SELECT count(*) || ' ' || coalesce(sum(amount), 0)::numeric(20, 2) FROM fact_outage");
    }

    private static String query(PostgresServer database, String query) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void send(Feed feed, int from, int to) {
        IntStream.range(from, to).mapToObj(Payment::number).forEach(feed::send);
        feed.flush();
    }

    private static int sendUntil(Feed feed, int from, BooleanSupplier enough) {
        int sent = from;
        for (long end = System.nanoTime() + 30_000_000_000L; !enough.getAsBoolean() && System.nanoTime() < end; ) {
            send(feed, sent, sent + 100);
            sent += 100;
        }
        assertThat(enough.getAsBoolean()).isTrue();
        return sent;
    }

    private static void awaitRows(String name, long atLeast) {
        await().ignoreExceptions().until(() -> Sql.number("SELECT count(*) FROM fact_" + name) >= atLeast);
    }

    /** The amounts are 0.00, 0.01, 0.02 … in the order of the ids. */
    private static void assertOnce(String name, long events) {
        assertThat(Sql.rows("SELECT count(*), count(DISTINCT id), (sum(amount) * 100)::bigint FROM fact_" + name))
                .containsExactly(events + "|" + events + "|" + events * (events - 1) / 2);
    }
}
