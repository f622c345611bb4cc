package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.Broker;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Topic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ScanParams;

/** What several replicas make of one Redis, and what is said when it is not as it should be. */
class RedisFollowerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant AT = Instant.parse("2026-03-01T00:00:00Z");
    private static final List<String> KEYS =
            IntStream.range(0, 200).mapToObj(i -> "c" + i).toList();
    private static final Map<String, Object> KAFKA = Map.of("bootstrap.servers", Broker.bootstrapServers());
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: NAME }
            spec:
              event: { id: id, key: customer, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, customer: { type: string, required: true } } }
              sinks: [{ postgres: { fact: { table: fact_order } } }]
              transform: [{ window: { by: customer, over: [1d], compute: { n: "count()" } } }]
            """;

    private final RedisClient redis = EmbeddedRedis.server().client();

    @Test
    void replicas_share_the_work_and_each_has_all_of_it() throws EvaluationException {
        Pipeline pipeline = pipeline("shared");
        try (Admin admin = Admin.create(KAFKA);
                WindowCopy one = new RedisFollower(pipeline, EmbeddedRedis.server(), KAFKA, admin)) {
            WindowCopy other = new RedisFollower(pipeline, EmbeddedRedis.server(), KAFKA, admin);
            count(pipeline, 1);
            awaitCounted(pipeline, one, 1);
            awaitCounted(pipeline, other, 1);

            other.close();
            count(pipeline, 2);
            awaitCounted(pipeline, one, 2);
        }
    }

    @Test
    void a_redis_that_was_emptied_is_filled_again_and_nobody_is_taken_for_new_meanwhile() throws EvaluationException {
        Pipeline pipeline = pipeline("emptied");
        try (Admin admin = Admin.create(KAFKA);
                WindowCopy copy = new RedisFollower(pipeline, EmbeddedRedis.server(), KAFKA, admin)) {
            count(pipeline, 1);
            awaitCounted(pipeline, copy, 1);

            new RedisChunks(redis, WindowCopy.application(pipeline.name(), "")).forget();

            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> KEYS.stream().allMatch(key -> {
                        try {
                            assertThat(chunks(pipeline, copy, key)).as(key).isEqualTo(1);
                            return true;
                        } catch (StateAwayException notYet) {
                            return false;
                        }
                    }));
        }
    }

    @Test
    void a_version_that_is_forgotten_leaves_nothing_in_redis() throws EvaluationException {
        Pipeline pipeline = pipeline("forgotten");
        try (Admin admin = Admin.create(KAFKA)) {
            WindowCopy copy = new RedisFollower(pipeline, EmbeddedRedis.server(), KAFKA, admin);
            count(pipeline, 1);
            awaitCounted(pipeline, copy, 1);
            assertThat(keysOf(pipeline)).hasSizeGreaterThan(KEYS.size());

            copy.close();
            copy.forget();

            assertThat(keysOf(pipeline)).isEmpty();
        }
    }

    @Test
    void a_redis_that_drops_keys_is_refused() {
        redis.configSet("maxmemory-policy", "allkeys-lru");
        try (Admin admin = Admin.create(KAFKA);
                WindowCopy copy = new RedisFollower(pipeline("dropped"), EmbeddedRedis.server(), KAFKA, admin)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(copy.problem())
                            .hasValueSatisfying(why -> assertThat(why).contains("allkeys-lru", "noeviction")));
        } finally {
            redis.configSet("maxmemory-policy", "noeviction");
        }
    }

    @Test
    void a_wrong_password_is_said_with_the_address_and_without_the_password() {
        try (Admin admin = Admin.create(KAFKA);
                RedisServer server = EmbeddedRedis.connect("wrong");
                WindowCopy copy = new RedisFollower(pipeline("locked"), server, KAFKA, admin)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(copy.problem())
                            .hasValueSatisfying(why -> assertThat(why)
                                    .contains("localhost:", "WRONGPASS")
                                    .doesNotContain("wrong ")));
        }
    }

    @Test
    void with_tls_it_wants_a_certificate_that_it_trusts() {
        try (RedisServer trusted = EmbeddedRedis.connectWithTls(true);
                RedisServer strange = EmbeddedRedis.connectWithTls(false)) {
            trusted.requireThatItKeeps();

            assertThatThrownBy(strange::requireThatItKeeps)
                    .isInstanceOfSatisfying(
                            JedisException.class,
                            e -> assertThat(strange.says(e)).contains("localhost:", "certification path"));
        }
    }

    @Test
    void an_address_says_what_it_may_be() {
        assertThatThrownBy(() -> EmbeddedRedis.connect("http://localhost:6379", "x", Optional.empty()))
                .hasMessageContaining("redis://HOST:PORT");
        assertThatThrownBy(() -> EmbeddedRedis.connect("redis://ann:secret@localhost:6379", "x", Optional.empty()))
                .hasMessageContaining("millrace.features.redis.password")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> EmbeddedRedis.connect("redis://localhost:6379/first", "x", Optional.empty()))
                .hasMessageContaining("/first");
    }

    private static Pipeline pipeline(String name) {
        Pipeline pipeline = CardFraud.pipelineOf(YAML.replace("NAME", "redis-" + name));
        Topic.make(List.of(changelog(pipeline)));
        return pipeline;
    }

    private static WindowStep step(Pipeline pipeline) {
        return (WindowStep)
                pipeline.transform().keyedStep(pipeline.transform().keyedSteps().get(0));
    }

    private static String changelog(Pipeline pipeline) {
        return pipeline.topics().changelog("", step(pipeline).name());
    }

    /** Gives every key a chunk of that many days. */
    private static void count(Pipeline pipeline, int days) throws EvaluationException {
        WindowStep step = step(pipeline);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String key : KEYS) {
            Instant at = AT.plus(Duration.ofDays(40L * days));
            Windowed windowed = step.plan().add(event(pipeline, key, at), at, new KeyState(step.plan()));
            records.add(new ProducerRecord<>(
                    changelog(pipeline),
                    BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), 4),
                    at.toEpochMilli(),
                    ChunkKey.of(key, windowed.changed()),
                    windowed.bytes()));
        }
        Topic.send(records);
    }

    private static Row event(Pipeline pipeline, String key, Instant at) {
        String json = "{\"id\":\"x\",\"at\":\"" + at + "\",\"customer\":\"" + key + "\"}";
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }

    private static void awaitCounted(Pipeline pipeline, WindowCopy copy, int chunks) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> copy.problem().isEmpty()
                        && KEYS.stream().allMatch(key -> chunks(pipeline, copy, key) == chunks));
    }

    private static int chunks(Pipeline pipeline, WindowCopy copy, String key) {
        return copy.held(step(pipeline), key).state().size();
    }

    private List<String> keysOf(Pipeline pipeline) {
        return redis.scan(
                        "0", new ScanParams().match("*" + pipeline.name() + "*").count(100_000))
                .getResult();
    }
}
