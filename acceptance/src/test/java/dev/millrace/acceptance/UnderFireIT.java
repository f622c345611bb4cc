package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rolling features while processes are killed: two replicas of transform, the broker and load, in an order that a seed gives,
 * and a replica that is added and removed. Every event's features, in {@code clean} and in the warehouse, must be those of a
 * plain computation, which knows of no processes.
 *
 * <p>{@code -Dmillrace.fire.events}, {@code -Dmillrace.fire.kills} and {@code -Dmillrace.fire.seed} make it larger;
 * {@code -Dmillrace.fire.page} names a file for its report.
 */
@Tag("long")
class UnderFireIT {
    private static final int EVENTS = Integer.getInteger("millrace.fire.events", 24_000);
    private static final int KILLS = Integer.getInteger("millrace.fire.kills", 4);
    private static final long SEED = Long.getLong("millrace.fire.seed", 1);
    private static final Duration RECOVERS_WITHIN = Duration.ofSeconds(60);
    private static final int LABELS_A_REQUEST = 2_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Incident(String what, long rows, long at) {}

    @TempDir
    Path pipelines;

    private final List<Incident> incidents = new ArrayList<>();

    @Test
    void features_are_those_of_a_plain_computation_whatever_is_killed() throws Exception {
        Rolling rolling = new Rolling(SEED, EVENTS);
        Files.writeString(pipelines.resolve("rolling.yaml"), Rolling.YAML);
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("fire"))
                .withFreePorts()
                .withFolders(pipelines, pipelines.resolve("models"))
                .forgetting(Forget.STATE_AND_FILES);
        try (Stack stack = Stack.start(settings, line -> System.out.println("fire: " + line));
                TransformReplica second = new TransformReplica(
                        stack, pipelines, Stacks.state("fire").resolve("second"));
                HttpFeed feed = new HttpFeed(stack.address(Service.INGEST), Rolling.PIPELINE, 1);
                Pulse pulse = new Pulse(stack::postgres, "fact_rolling")) {
            sendLabels(stack, rolling);
            long start = System.nanoTime();
            CompletableFuture<Void> feeding =
                    CompletableFuture.runAsync(() -> send(feed, rolling), task -> new Thread(task, "feeder").start());
            underFire(stack, second, pulse);
            feeding.join();
            Awaitility.await("rows of all events")
                    .atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> pulse.rows() >= rolling.size());
            double seconds = (System.nanoTime() - start) / 1e9;

            assertClean(stack, rolling);
            assertRows(stack, rolling);
            report(pulse, seconds, feed.repeats());
        }
    }

    private static void sendLabels(Stack stack, Rolling rolling) {
        List<String> labels = rolling.labels();
        for (int from = 0; from < labels.size(); from += LABELS_A_REQUEST) {
            String body = String.join("\n", labels.subList(from, Math.min(labels.size(), from + LABELS_A_REQUEST)));
            given().contentType("application/x-ndjson")
                    .body(body.getBytes(StandardCharsets.UTF_8))
                    .post(stack.address(Service.INGEST).resolve("/pipelines/" + Rolling.PIPELINE + "/labels/frauds"))
                    .then()
                    .statusCode(202);
        }
    }

    private static void send(HttpFeed feed, Rolling rolling) {
        for (int i = 0; i < rolling.size(); i++) {
            feed.line(rolling.line(i));
        }
        feed.finish();
    }

    private void underFire(Stack stack, TransformReplica second, Pulse pulse) {
        Random random = new Random(SEED);
        List<Runnable> victims = new ArrayList<>();
        int steps = KILLS + 3;
        awaitRows(pulse, EVENTS / steps);
        happens("a second transform is added", pulse);
        second.start();
        for (int kill = 1; kill <= KILLS; kill++) {
            awaitRows(pulse, (long) EVENTS * (kill + 1) / steps);
            if (victims.isEmpty()) {
                victims.add(() -> killed(
                        "transform",
                        pulse,
                        () -> stack.kill(Service.TRANSFORM),
                        () -> stack.startAtOnce(Service.TRANSFORM)));
                victims.add(() -> killed("second transform", pulse, second::kill, second::start));
                victims.add(() -> killed("kafka", pulse, stack::killKafka, stack::startKafka));
                victims.add(() ->
                        killed("load", pulse, () -> stack.kill(Service.LOAD), () -> stack.startAtOnce(Service.LOAD)));
                Collections.shuffle(victims, random);
            }
            victims.remove(0).run();
        }
        awaitRows(pulse, (long) EVENTS * (KILLS + 2) / steps);
        happens("the second transform is stopped", pulse);
        second.stop();
    }

    private void killed(String what, Pulse pulse, Runnable kill, Runnable start) {
        happens(what + " is killed", pulse);
        kill.run();
        start.run();
    }

    private void happens(String what, Pulse pulse) {
        incidents.add(new Incident(what, pulse.rows(), System.nanoTime()));
        System.out.printf("fire: %s at %,d rows%n", what, pulse.rows());
    }

    private static void awaitRows(Pulse pulse, long rows) {
        Awaitility.await(rows + " rows")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> pulse.rows() >= rows);
    }

    private static void assertClean(Stack stack, Rolling rolling) throws IOException {
        Map<String, Integer> indices = indices(rolling);
        BitSet seen = new BitSet(rolling.size());
        List<String> wrong = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        stack.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            String topic = "millrace." + Rolling.PIPELINE + ".clean";
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode event = JSON.readTree(record.value());
                    String id = event.path("transaction_id").asText();
                    int index = indices.get(id);
                    assertThat(seen.get(index))
                            .as("event %s is in clean twice", id)
                            .isFalse();
                    seen.set(index);
                    double[] found = Rolling.COLUMNS.stream()
                            .mapToDouble(column -> event.path(column).asDouble())
                            .toArray();
                    compare("clean", rolling, index, found, wrong);
                }
            }
        }
        assertThat(seen.cardinality()).as("events in clean").isEqualTo(rolling.size());
        assertThat(wrong).isEmpty();
    }

    private static void assertRows(Stack stack, Rolling rolling) throws SQLException {
        Map<String, Integer> indices = indices(rolling);
        BitSet seen = new BitSet(rolling.size());
        List<String> wrong = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                stack.postgres().jdbcUrl(),
                stack.postgres().user(),
                stack.postgres().password())) {
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            statement.setFetchSize(10_000);
            ResultSet rows = statement.executeQuery(
                    "select transaction_id, " + String.join(", ", Rolling.COLUMNS) + " from fact_rolling");
            while (rows.next()) {
                int index = indices.get(rows.getString(1));
                assertThat(seen.get(index))
                        .as("row of %s is there twice", rows.getString(1))
                        .isFalse();
                seen.set(index);
                double[] found = new double[Rolling.COLUMNS.size()];
                for (int i = 0; i < found.length; i++) {
                    found[i] = rows.getDouble(i + 2);
                }
                compare("row", rolling, index, found, wrong);
            }
        }
        assertThat(seen.cardinality()).as("rows").isEqualTo(rolling.size());
        assertThat(wrong).isEmpty();
    }

    private static Map<String, Integer> indices(Rolling rolling) {
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < rolling.size(); i++) {
            indices.put(rolling.id(i), i);
        }
        return indices;
    }

    private static void compare(String where, Rolling rolling, int index, double[] found, List<String> wrong) {
        double[] expected = rolling.features(index);
        for (int i = 0; i < expected.length && wrong.size() < 20; i++) {
            if (!(Math.abs(expected[i] - found[i]) <= 1e-9 * Math.max(1, Math.abs(expected[i])))) {
                wrong.add("%s %s of event %d (%s): expected %s, got %s"
                        .formatted(where, Rolling.COLUMNS.get(i), index, rolling.id(index), expected[i], found[i]));
            }
        }
    }

    private void report(Pulse pulse, double seconds, long repeats) throws IOException {
        StringBuilder report = new StringBuilder();
        report.append("""
                # Under fire

                Written by `./millrace fire`; do not edit. Processes are killed as by `kill -9` and started again at once while
                events pass through a pipeline with rolling features by two keys, some of late labels. Every event's features, in
                the topic `clean` and in the warehouse, are compared with a plain computation over all events.

                """);
        report.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s. %,d events in %.0f s, %d kills, seed %d; %d requests were sent again. Every event once in clean and once"
                        + " in the warehouse, all features equal.%n%n"
                        + "New rows pause while a replica comes, goes or is started again, and while others take its work over: for less"
                        + " than %d s each time, or the%nrun fails. A line has the longest pause of the minute after it, so that one pause may"
                        + " stand in several.%n%n"
                        + "| what | at row | longest pause of new rows, s |%n|---|---:|---:|%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                EVENTS,
                seconds,
                KILLS,
                SEED,
                repeats,
                RECOVERS_WITHIN.toSeconds()));
        for (Incident incident : incidents) {
            report.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %.1f |%n",
                    incident.what(),
                    incident.rows(),
                    pulse.longestPause(incident.at(), Duration.ofSeconds(60))));
        }
        System.out.print(report);
        String page = System.getProperty("millrace.fire.page", "");
        if (!page.isEmpty()) {
            Files.writeString(Path.of(page), report);
        }
        for (Incident incident : incidents) {
            assertThat(pulse.longestPause(incident.at(), Duration.ofSeconds(60)))
                    .as("seconds without new rows after %s", incident.what())
                    .isLessThan(RECOVERS_WITHIN.toSeconds());
        }
    }
}
