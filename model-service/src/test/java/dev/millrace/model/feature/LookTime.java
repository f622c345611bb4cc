package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.Broker;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Topic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import dev.millrace.service.state.LocalState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Measures how long it takes to complete an event with the twelve customer's and terminal's features of the Handbook, from
 * what is on disk. From model-service, after {@code mvn test-compile}:
 *
 * <pre>{@code ../mvnw -q exec:exec -Dexec.executable=java -Dexec.classpathScope=test \
 *     -Dexec.args="-cp %classpath dev.millrace.model.feature.LookTime 5000 60 20000"}</pre>
 */
final class LookTime {
    private static final List<String> FEATURES =
            List.of("n_1d", "n_7d", "n_30d", "m_1d", "m_7d", "m_30d", "t_1d", "t_7d", "t_30d", "s_1d", "s_7d", "s_30d");
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: look-time }
            spec:
              event: { id: id, key: customer, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, customer: { type: string, required: true }, terminal: { type: string, required: true }, amount: { type: double } } }
              sinks: [{ postgres: { fact: { table: fact_order } } }]
              transform:
                - window: { by: customer, over: [1d, 7d, 30d], compute: { n: "count()", m: "mean(amount)" } }
                - window: { by: terminal, over: [1d, 7d, 30d], delay: 7d, compute: { t: "count()", s: "mean(amount)" } }
            """;

    private LookTime() {}

    /** The arguments: how many keys, how many events each has in 30 days, how many looks. */
    public static void main(String[] arguments) throws Exception {
        int keys = Integer.parseInt(arguments[0]);
        int events = Integer.parseInt(arguments[1]);
        int looks = Integer.parseInt(arguments[2]);
        Pipeline pipeline = CardFraud.pipelineOf(YAML);
        Random random = new Random(1);
        Instant begin = Instant.parse("2026-03-01T00:00:00Z");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int place : pipeline.transform().keyedSteps()) {
            WindowStep step = (WindowStep) pipeline.transform().keyedStep(place);
            String changelog = pipeline.topics().changelog("", step.name());
            Topic.make(List.of(changelog));
            for (int key = 0; key < keys; key++) {
                KeyState state = new KeyState(step.plan());
                long[] times = random.longs(events, 0, 37L * 86_400).sorted().toArray();
                for (long time : times) {
                    Instant at = begin.plusSeconds(time);
                    Windowed windowed = step.plan().add(event(pipeline, key, at, random), at, state);
                    records.add(new ProducerRecord<byte[], byte[]>(
                            changelog,
                            BuiltInPartitioner.partitionForKey(
                                    Integer.toString(key).getBytes(UTF_8), 4),
                            at.toEpochMilli(),
                            ChunkKey.of(Integer.toString(key), windowed.changed()),
                            windowed.bytes()));
                }
            }
        }
        Topic.send(records);
        Map<String, Object> kafka = Map.of("bootstrap.servers", Broker.bootstrapServers());
        Path folder = Files.createTempDirectory(Path.of("target"), "looks");
        try (Admin admin = Admin.create(kafka);
                WindowFollower follower = new WindowFollower(pipeline, new LocalState(folder, admin), kafka, admin)) {
            long start = System.nanoTime();
            while (follower.problem().isPresent()) {
                Thread.sleep(5);
            }
            System.out.printf("%,d changes read in %.1f s%n", records.size(), (System.nanoTime() - start) / 1e9);
            Completion completion = pipeline.transform().completing(FEATURES, List.of());
            Instant at = begin.plusSeconds(37L * 86_400);
            for (int run = 0; run < 5; run++) {
                long[] times = new long[looks];
                for (int i = 0; i < looks; i++) {
                    Row event = event(pipeline, random.nextInt(keys), at, random);
                    long before = System.nanoTime();
                    completion.complete(event, Optional.of(at), Map.of(), new Look(Optional.of(follower)));
                    times[i] = System.nanoTime() - before;
                }
                Arrays.sort(times);
                System.out.printf(
                        "%,d looks: median %.1f µs, p99 %.1f µs%n",
                        looks, times[looks / 2] / 1e3, times[looks * 99 / 100] / 1e3);
            }
        }
        System.exit(0);
    }

    private static Row event(Pipeline pipeline, int key, Instant at, Random random) {
        String json = "{\"id\":\"x\",\"at\":\"" + at + "\",\"customer\":\"" + key + "\",\"terminal\":\"" + key
                + "\",\"amount\":" + random.nextInt(10_000) / 100.0 + "}";
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }
}
