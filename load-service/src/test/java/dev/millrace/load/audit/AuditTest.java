package dev.millrace.load.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.Feed;
import dev.millrace.load.Machine;
import dev.millrace.load.Sql;
import dev.millrace.load.worker.Replica;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/**
 * A lost event shows, a waiting one does not, and nothing is counted twice. An audit mostly waits, so they wait side by
 * side, each with a pipeline of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = AuditTest.WAREHOUSE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class AuditTest {
    static final String WAREHOUSE = "warehouse";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String LEAVING_OUT =
            "[{ filter: \"id != 'test'\" }, { deduplicate: { within: 1d, by: [id] } }]";

    @Test
    void balances_what_became_rows_duplicates_and_rejections() {
        try (Scene scene = new Scene("balanced")) {
            scene.accept(5);
            scene.clean(0, 3).clean(0, 1).reject(Stage.TRANSFORM, "p3");
            scene.feed.send(null, "broken", "c", "{".getBytes(StandardCharsets.UTF_8), scene.now());
            scene.accept(1);
            scene.transformIsThrough();
            scene.feed.awaitRejections(2);

            scene.awaitRecords(Map.of(
                    "raw",
                    6L,
                    "clean",
                    5L,
                    "rejected_by_transform",
                    1L,
                    "rows",
                    3L,
                    "duplicates",
                    1L,
                    "rejected_by_load",
                    1L));
            assertThat(scene.unaccounted(Stage.TRANSFORM)).isZero();
            assertThat(scene.unaccounted(Stage.LOAD)).isZero();
        }
    }

    @Test
    void shows_an_event_that_went_into_a_stage_and_did_not_come_out() {
        try (Scene scene = new Scene("losing")) {
            scene.accept(10).clean(0, 8).reject(Stage.TRANSFORM, "p8");
            scene.transformIsThrough();

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scene.unaccounted(Stage.TRANSFORM)).isEqualTo(1));
            assertThat(scene.unaccounted(Stage.LOAD)).isZero();
        }
    }

    @Test
    void takes_what_a_step_left_out_on_purpose_for_accounted() {
        try (Scene scene = new Scene("left-out", LEAVING_OUT)) {
            scene.accept(6)
                    .clean(0, 3)
                    .leaveOut("filtered")
                    .leaveOut("duplicate")
                    .reject(Stage.TRANSFORM, "p5");
            scene.accept(1).leaveOut("filtered").transformIsThrough();

            scene.awaitRecords(Map.of("raw", 7L, "clean", 3L, "left_out", 3L, "rejected_by_transform", 1L, "rows", 3L));
            assertThat(scene.unaccounted(Stage.TRANSFORM)).isZero();
            assertThat(scene.unaccounted(Stage.LOAD)).isZero();
            assertThat(Sql.rows("SELECT sum(raw), sum(left_out) FROM millrace.audit WHERE pipeline = 'left-out'"))
                    .containsExactly("7|3");
        }
    }

    @Test
    void shows_an_event_that_is_neither_clean_nor_left_out() {
        try (Scene scene = new Scene("left-out-losing", LEAVING_OUT)) {
            scene.accept(6)
                    .clean(0, 3)
                    .leaveOut("filtered")
                    .leaveOut("duplicate")
                    .transformIsThrough();

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scene.unaccounted(Stage.TRANSFORM)).isEqualTo(1));
        }
    }

    @Test
    void calls_nothing_lost_that_is_on_its_way_between_two_steps() {
        try (Scene scene = new Scene("between", LEAVING_OUT)) {
            String between = "millrace-transform-between-deduplicate-repartition";
            scene.accept(4).clean(0, 3).writeIn(between).transformIsThrough();

            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> scene.unaccounted(Stage.TRANSFORM) == 0 && scene.records("raw") == 0);

            // Behind the one record, before the mark of its transaction: that is where a stage stands that has read it.
            scene.clean(3, 4).commit(between, 0, 1);
            scene.awaitRecords(Map.of("raw", 4L, "clean", 4L, "rows", 4L));
            assertThat(scene.unaccounted(Stage.TRANSFORM)).isZero();
        }
    }

    @Test
    void shows_what_came_out_twice_as_negative() {
        try (Scene scene = new Scene("doubling")) {
            scene.accept(3).clean(0, 3).reject(Stage.TRANSFORM, "p1");
            scene.transformIsThrough();

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scene.unaccounted(Stage.TRANSFORM)).isEqualTo(-1));
        }
    }

    @Test
    void calls_nothing_lost_that_a_stopped_stage_has_before_it() {
        try (Scene scene = new Scene("waiting")) {
            scene.accept(4);
            scene.awaitWaiting(Stage.TRANSFORM, 4);

            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> scene.unaccounted(Stage.TRANSFORM) == 0 && scene.records("raw") == 0);

            scene.clean(0, 4).transformIsThrough();
            scene.awaitRecords(Map.of("raw", 4L, "clean", 4L, "rows", 4L));
            scene.awaitWaiting(Stage.TRANSFORM, 0);
        }
    }

    @Test
    void goes_on_where_another_replica_ended_and_counts_nothing_twice() {
        try (Scene scene = new Scene("handed-over")) {
            scene.accept(7).clean(0, 7).transformIsThrough();
            scene.awaitRecords(Map.of("raw", 7L, "rows", 7L));
            try (Audited other = new Audited(scene.pipeline)) {
                assertThat(other.shown()).isFalse();
                scene.audited.close();
                scene.accept(2).clean(7, 9).transformIsThrough();

                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(other.value("millrace.audit.records", "point", "rows"))
                                .isEqualTo(9));
                assertThat(other.value("millrace.audit.records", "point", "raw"))
                        .isEqualTo(9);
                assertThat(other.value("millrace.audit.unaccounted.events", "stage", "transform"))
                        .isZero();
                assertThat(scene.audited.shown()).isFalse();
            }
        }
    }

    @Test
    @ResourceLock(value = WAREHOUSE, mode = ResourceAccessMode.READ_WRITE)
    void tells_what_waits_while_the_warehouse_is_away() {
        try (Scene scene = new Scene("unreachable")) {
            scene.accept(3).clean(0, 3).transformIsThrough();
            scene.awaitRecords(Map.of("raw", 3L, "rows", 3L));
            Sql.executeBeside("ALTER DATABASE millrace ALLOW_CONNECTIONS false");
            try {
                Sql.executeBeside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'millrace'");
                scene.accept(2).clean(3, 5);

                scene.awaitWaiting(Stage.TRANSFORM, 2);
                scene.awaitWaiting(Stage.LOAD, 2);
                assertThat(scene.records("rows")).isEqualTo(3);
            } finally {
                Sql.executeBeside("ALTER DATABASE millrace ALLOW_CONNECTIONS true");
            }
            scene.transformIsThrough();
            scene.awaitRecords(Map.of("raw", 5L, "rows", 5L));
            scene.awaitWaiting(Stage.LOAD, 0);
        }
    }

    @Test
    void begins_anew_where_a_person_says_so() {
        try (Scene scene = new Scene("settled")) {
            scene.accept(2).clean(0, 1).transformIsThrough();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scene.unaccounted(Stage.TRANSFORM)).isEqualTo(1));

            Sql.execute("UPDATE millrace.audits SET since = audited_until WHERE pipeline = 'settled'");

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scene.unaccounted(Stage.TRANSFORM)).isZero());
        }
    }

    @Test
    void keeps_sums_when_it_forgets_single_slots() {
        try (Scene scene = new Scene("folded")) {
            scene.accept(6).clean(0, 6).transformIsThrough();
            scene.awaitRecords(Map.of("raw", 6L, "rows", 6L));

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Sql.rows("SELECT writer, sum(records) FROM millrace.ledger WHERE"
                                    + " pipeline = 'folded' AND point = 'rows' GROUP BY writer"))
                            .containsExactly("-1|6"));
            assertThat(scene.records("raw")).isEqualTo(6);
            assertThat(scene.unaccounted(Stage.LOAD)).isZero();
        }
    }

    /** A pipeline whose ingest and transform are played by the test, with a real load and its audit. */
    private static final class Scene implements AutoCloseable {
        private static final String DECLARATION = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: %s }
                spec:
                  event:
                    id: id
                    time: at
                    fields:
                      id: { type: string, required: true }
                      at: { type: timestamp, required: true }
                  transform: %s
                  sinks: [{ postgres: { fact: { table: fact_%s } } }]
                """;

        private final Pipeline pipeline;
        private final Feed feed;
        private final Replica load;
        private final Audited audited;
        private final Instant since;
        private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Machine.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());

        Scene(String name) {
            this(name, "[]");
        }

        Scene(String name, String transform) {
            pipeline = Feed.pipeline(DECLARATION.formatted(name, transform, name.replace('-', '_')));
            feed = new Feed(pipeline);
            load = new Replica().start(pipeline);
            audited = new Audited(pipeline);
            await().atMost(PATIENCE).until(audited::shown);
            since = Instant.ofEpochSecond(Sql.number(
                    "SELECT extract(epoch FROM since)::bigint FROM millrace.audits WHERE pipeline = '" + name + "'"));
        }

        /** Later than the audit's begin, earlier than its horizon. */
        Instant now() {
            return since.plusSeconds(1);
        }

        Scene accept(int events) {
            for (int i = 0; i < events; i++) {
                producer.send(new ProducerRecord<>(
                        pipeline.topics().raw(),
                        null,
                        now().toEpochMilli(),
                        "key".getBytes(StandardCharsets.UTF_8),
                        "{}".getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
            return this;
        }

        Scene clean(int from, int to) {
            IntStream.range(from, to).forEach(i -> feed.send(null, "p" + i, "key", json(i), now()));
            feed.flush();
            return this;
        }

        private static byte[] json(int i) {
            return ("{\"id\":\"p" + i + "\",\"at\":\"2026-03-01T00:00:00Z\"}").getBytes(StandardCharsets.UTF_8);
        }

        Scene reject(Stage stage, String id) {
            Rejection rejection = new Rejection(
                    pipeline.name(),
                    stage,
                    new RejectionReason("quality.any"),
                    "no",
                    List.of(),
                    id,
                    "test",
                    now(),
                    new byte[0],
                    Map.of());
            producer.send(RejectedRecord.of(rejection, now().toEpochMilli()));
            producer.flush();
            return this;
        }

        Scene leaveOut(String why) {
            producer.send(new ProducerRecord<>(
                    pipeline.topics().leftOut(),
                    null,
                    now().toEpochMilli(),
                    "key".getBytes(StandardCharsets.UTF_8),
                    ("{\"why\":\"" + why + "\"}").getBytes(StandardCharsets.UTF_8)));
            producer.flush();
            return this;
        }

        /** One record in a transaction, in a new topic of one partition. */
        Scene writeIn(String topic) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", Machine.bootstrapServers()));
                    KafkaProducer<byte[], byte[]> transactional = new KafkaProducer<>(
                            Map.of("bootstrap.servers", Machine.bootstrapServers(), "transactional.id", topic),
                            new ByteArraySerializer(),
                            new ByteArraySerializer())) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
                transactional.initTransactions();
                transactional.beginTransaction();
                transactional.send(new ProducerRecord<>(topic, 0, now().toEpochMilli(), new byte[1], new byte[1]));
                transactional.commitTransaction();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
            return this;
        }

        Scene commit(String topic, int partition, long offset) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", Machine.bootstrapServers()))) {
                admin.alterConsumerGroupOffsets(
                                "millrace-transform-" + pipeline.name(),
                                Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                        .all()
                        .get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
            return this;
        }

        /** The group's offsets are behind everything that is in raw. */
        Scene transformIsThrough() {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", Machine.bootstrapServers()))) {
                for (int i = 0; i < Feed.PARTITIONS; i++) {
                    TopicPartition partition =
                            new TopicPartition(pipeline.topics().raw(), i);
                    long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .partitionResult(partition)
                            .get()
                            .offset();
                    admin.alterConsumerGroupOffsets(
                                    "millrace-transform-" + pipeline.name(),
                                    Map.of(partition, new OffsetAndMetadata(end)))
                            .all()
                            .get();
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
            return this;
        }

        void awaitRecords(Map<String, Long> expected) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> expected.forEach((point, records) ->
                            assertThat(records(point)).as(point).isEqualTo(records.doubleValue())));
        }

        void awaitWaiting(Stage stage, int records) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(audited.value("millrace.waiting.records", "stage", stage.label()))
                            .isEqualTo(records));
        }

        double records(String point) {
            return audited.value("millrace.audit.records", "point", point);
        }

        double unaccounted(Stage stage) {
            return audited.value("millrace.audit.unaccounted.events", "stage", stage.label());
        }

        @Override
        public void close() {
            audited.close();
            load.close();
            feed.close();
            producer.close();
        }
    }
}
