package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Broker;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Topic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import dev.millrace.service.state.LocalState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies of changelogs that are written as Kafka Streams writes them, by the same steps as the stream's: on disk and in Redis. */
class WindowCopyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CUSTOMERS = 50;
    private static final List<String> FEATURES = List.of("n_1d", "n_30d", "mean_1d", "mean_30d", "share", "spent");
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: NAME }
            spec:
              event: { id: id, key: customer, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, customer: { type: string, required: true }, shop: { type: string, required: true }, amount: { type: double } } }
              sinks: [{ postgres: { fact: { table: fact_order } } }]
              transform:
                - window: { by: customer, over: [1d, 30d], compute: { n: "count()", mean: "mean(amount)" } }
                - derive: { share: amount / mean_30d }
                - window: { by: shop, over: [7d], compute: { spent: "sum(share)" } }
            """;

    /** Where a copy is kept. */
    enum Where {
        DISK {
            @Override
            WindowCopy copy(Pipeline pipeline, Path folder, Map<String, Object> kafka, Admin admin) {
                return new WindowFollower(pipeline, new LocalState(folder, admin), kafka, admin);
            }
        },
        REDIS {
            @Override
            WindowCopy copy(Pipeline pipeline, Path folder, Map<String, Object> kafka, Admin admin) {
                return new RedisFollower(pipeline, EmbeddedRedis.server(), kafka, admin);
            }
        };

        abstract WindowCopy copy(Pipeline pipeline, Path folder, Map<String, Object> kafka, Admin admin);

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @TempDir
    Path folder;

    private final Random random = new Random(17);
    private final Map<String, KeyState> states = new HashMap<>();
    /** The time of the last record of each step and partition. */
    private final Map<String, Long> written = new HashMap<>();

    private Instant at = Instant.parse("2026-03-01T00:00:00Z");
    private long accepted = Instant.parse("2026-04-01T00:00:00Z").toEpochMilli();

    @ParameterizedTest
    @EnumSource
    void says_of_10_000_events_what_the_stream_then_says(Where where) throws Exception {
        Pipeline pipeline = CardFraud.pipelineOf(YAML.replace("NAME", "followed-" + where.label()));
        Map<String, Object> kafka = Map.of("bootstrap.servers", Broker.bootstrapServers());
        try (Admin admin = Admin.create(kafka);
                KafkaProducer<byte[], byte[]> producer = producer("followed-" + where.label())) {
            WindowCopy copy = where.copy(pipeline, folder, kafka, admin);
            Awaitility.await().atMost(PATIENCE).until(() -> copy.problem().isEmpty());
            assertThat(told(pipeline, copy, event(pipeline, 0)).row().get("n_30d"))
                    .as("where there is no changelog yet, nothing was counted")
                    .isEqualTo(1L);
            Topic.make(changelogs(pipeline));
            int sent = 0;
            WindowCopy following = copy;
            for (int block = 0; block < 10; block++) {
                if (block == 5) {
                    following.close();
                    following = where.copy(pipeline, folder, kafka, admin);
                }
                // Events of one block have keys of their own, so that none of them sees another.
                for (int part = 0; part < 1_000 / CUSTOMERS; part++) {
                    List<Row> events = new ArrayList<>();
                    for (int customer = 0; customer < CUSTOMERS; customer++) {
                        events.add(event(pipeline, customer));
                    }
                    WindowCopy asked = following;
                    Awaitility.await("what was sent before")
                            .atMost(PATIENCE)
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> isCounted(pipeline, asked, events));
                    List<Told> told = new ArrayList<>();
                    for (Row event : events) {
                        told.add(told(pipeline, asked, event));
                    }
                    write(pipeline, producer, events, told);
                    sent += CUSTOMERS;
                }
            }
            assertThat(sent).isEqualTo(10_000);
            following.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sees_what_is_committed_alone_and_forgets_what_is_swept_away(Where where) throws Exception {
        Pipeline pipeline = CardFraud.pipelineOf(YAML.replace("NAME", "committed-" + where.label()));
        Map<String, Object> kafka = Map.of("bootstrap.servers", Broker.bootstrapServers());
        Topic.make(changelogs(pipeline));
        WindowStep step = (WindowStep)
                pipeline.transform().keyedStep(pipeline.transform().keyedSteps().get(0));
        String changelog = changelogs(pipeline).get(0);
        Windowed windowed = step.plan().add(event(pipeline, 3), at, new KeyState(step.plan()));
        byte[] entry = ChunkKey.of("c3", windowed.changed());
        try (Admin admin = Admin.create(kafka);
                KafkaProducer<byte[], byte[]> producer = producer("committed-" + where.label());
                WindowCopy copy = where.copy(pipeline, folder, kafka, admin)) {
            Awaitility.await().atMost(PATIENCE).until(() -> copy.problem().isEmpty());
            producer.beginTransaction();
            producer.send(new ProducerRecord<byte[], byte[]>(
                            changelog, partition("c3"), accepted, entry, windowed.bytes()))
                    .get();
            producer.abortTransaction();
            producer.beginTransaction();
            byte[] other = ChunkKey.of("c4", windowed.changed());
            producer.send(new ProducerRecord<byte[], byte[]>(
                            changelog, partition("c4"), accepted, other, windowed.bytes()))
                    .get();
            producer.commitTransaction();

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> copy.held(step, "c4").state().size() == 1);
            assertThat(copy.held(step, "c3").state().size()).as("aborted").isZero();

            producer.beginTransaction();
            producer.send(
                    new ProducerRecord<byte[], byte[]>(changelog, partition("c4"), accepted + 5_000, other, null));
            producer.commitTransaction();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> copy.held(step, "c4").state().size() == 0);
        }
    }

    /** What the copy makes of an event. */
    private record Told(Row row, Optional<Instant> asOf) {}

    private static Told told(Pipeline pipeline, WindowCopy copy, Row event) {
        Completion completion = pipeline.transform().completing(FEATURES, List.of());
        Look look = new Look(Optional.of(copy));
        Row row = completion.complete(event, Optional.of(pipeline.time(event)), Map.of(), look);
        return new Told(row, look.asOf());
    }

    /** Whether the last that was written beside the keys of these events is there. */
    private boolean isCounted(Pipeline pipeline, WindowCopy copy, List<Row> events) {
        try {
            for (int place : pipeline.transform().keyedSteps()) {
                WindowStep step = (WindowStep) pipeline.transform().keyedStep(place);
                for (Row event : events) {
                    String key = event.get(step.field()).toString();
                    Optional<Instant> expected = Optional.ofNullable(written.get(step.name() + partition(key)))
                            .map(Instant::ofEpochMilli);
                    if (!copy.held(step, key).asOf().equals(expected)) {
                        return false;
                    }
                }
            }
            return true;
        } catch (StateAwayException notYet) {
            return false;
        }
    }

    private static int partition(String key) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), 4);
    }

    private Row event(Pipeline pipeline, int customer) {
        at = at.plusMillis(random.nextInt(8_000));
        String json = "{\"id\":\"x\",\"at\":\"" + at + "\",\"customer\":\"c" + customer + "\",\"shop\":\"s"
                + (customer * 7 + 3) % CUSTOMERS + "\",\"amount\":" + random.nextInt(10_000) / 100.0 + "}";
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }

    /** Counts the events as the stream does, and compares what it then gives them. */
    private void write(Pipeline pipeline, KafkaProducer<byte[], byte[]> producer, List<Row> events, List<Told> told)
            throws Exception {
        producer.beginTransaction();
        for (int i = 0; i < events.size(); i++) {
            Outcome outcome = pipeline.transform().enter(events.get(i), CheckListener.NONE);
            while (outcome instanceof Outcome.At waiting) {
                WindowStep step = (WindowStep) pipeline.transform().keyedStep(waiting.step());
                String key = step.key(waiting.row());
                KeyState state = states.computeIfAbsent(step.name() + key, absent -> new KeyState(step.plan()));
                Windowed windowed = step.plan().add(waiting.row(), pipeline.time(waiting.row()), state);
                // The store keeps times to the second.
                accepted += 1_000;
                written.put(step.name() + partition(key), accepted);
                String changelog = pipeline.topics().changelog("", step.name());
                producer.send(new ProducerRecord<byte[], byte[]>(
                        changelog, partition(key), accepted, ChunkKey.of(key, windowed.changed()), windowed.bytes()));
                for (long expired : windowed.expired()) {
                    producer.send(new ProducerRecord<byte[], byte[]>(
                            changelog, partition(key), accepted, ChunkKey.of(key, expired), null));
                }
                outcome =
                        pipeline.transform().proceed(step.with(waiting.row(), windowed.features()), waiting.step() + 1);
            }
            assertThat(told.get(i).row()).isEqualTo(((Outcome.Clean) outcome).row());
        }
        producer.commitTransaction();
    }

    private static List<String> changelogs(Pipeline pipeline) {
        return pipeline.transform().keyedSteps().stream()
                .map(place -> pipeline.topics()
                        .changelog("", pipeline.transform().keyedStep(place).name()))
                .toList();
    }

    private static KafkaProducer<byte[], byte[]> producer(String name) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Broker.bootstrapServers(), "transactional.id", name),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }
}
