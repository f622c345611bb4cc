package dev.millrace.transform.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Life;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Windows by two keys, one of them with labels, in two replicas of the packaged service, which are killed as by
 * {@code kill -9} in turns, once with their local state lost. Events of a desk come from all partitions.
 */
class KilledWindowsIT {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int EVENTS = 8_000;
    private static final int KILLS = 4;
    private static final int WINDOW_SECONDS = 3_600;
    private static final int SHOPS = 5;
    private static final int DESKS = 7;
    private static final int DELAY_SECONDS = 600;
    private static final int MARKED = 3;

    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: desks }
            spec:
              event:
                id: id
                key: shop
                time: at
                fields:
                  id:     { type: string, required: true }
                  at:     { type: timestamp, required: true }
                  shop:   { type: string, required: true }
                  desk:   { type: string, required: true }
                  amount: { type: integer, required: true }
              labels: { marks: {} }
              transform:
                - deduplicate: { within: 1d }
                - window: { by: shop, over: [1h], precision: 1s, compute: { shop_count: "count()", shop_sum: "sum(amount)" } }
                - window: { by: desk, over: [1h], precision: 1s, compute: { desk_count: "count()", desk_last: "last(amount)" } }
                - window: { by: desk, over: [1h], delay: 10m, precision: 1s, labels: marks, compute: { desk_marked: "count() where label > 0.5" } }
            """;

    @TempDir
    Path folder;

    private final Process[] replicas = new Process[2];

    @AfterEach
    void stop() {
        for (Process replica : replicas) {
            if (replica != null) {
                Stop.now(replica.toHandle());
            }
        }
    }

    @Test
    void features_are_those_of_an_undisturbed_run_however_often_the_service_is_killed() throws Exception {
        Files.createDirectory(folder.resolve("pipelines"));
        Files.writeString(folder.resolve("pipelines/desks.yaml"), YAML);
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
                TopicEnds topics = new TopicEnds(broker.bootstrapServers())) {
            for (int replica = 0; replica < replicas.length; replica++) {
                start(replica, broker);
            }
            await().atMost(SOON).until(() -> log(0).contains("pipeline desks: started"));
            int part = EVENTS / (KILLS + 1);
            for (int kill = 0; kill <= KILLS; kill++) {
                send(topics, kill * part, (kill + 1) * part);
                int expected = kill * part + part / 3;
                await().atMost(SOON)
                        .until(() -> topics.committed("millrace.desks.clean").size() >= expected);
                int replica = kill % replicas.length;
                Stop.now(replicas[replica].toHandle());
                if (kill == KILLS / 2) {
                    forgetLocalState(replica);
                }
                start(replica, broker);
            }

            await().atMost(SOON)
                    .until(() -> topics.committed("millrace.desks.clean").size() >= EVENTS);
            assertFeatures(topics.committed("millrace.desks.clean"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(topics.committed("millrace.desks.left-out"))
                            .hasSize(EVENTS / 100));
        }
    }

    /** A second apart; every hundredth is sent twice, every third has a label right behind it. */
    private static void send(TopicEnds topics, int from, int to) {
        for (int i = from; i < to; i++) {
            String id = "e" + i;
            String shop = "s" + i % SHOPS;
            byte[] event = ("{\"id\":\"%s\",\"at\":\"%s\",\"shop\":\"%s\",\"desk\":\"d%d\",\"amount\":%d}"
                            .formatted(id, BEGIN.plusSeconds(i), shop, i % DESKS, i))
                    .getBytes(StandardCharsets.UTF_8);
            topics.sendNow("millrace.desks.raw", shop, id, event);
            if (i % 100 == 0) {
                topics.sendNow("millrace.desks.raw", shop, id, event);
            }
            if (i % MARKED == 0) {
                topics.sendNow(
                        "millrace.desks.labels.marks", id, id, "{\"label\":true}".getBytes(StandardCharsets.UTF_8));
            }
        }
        topics.flush();
    }

    private static void assertFeatures(List<ConsumerRecord<byte[], byte[]>> clean) throws IOException {
        assertThat(clean).hasSize(EVENTS);
        Map<Integer, JsonNode> events = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : clean) {
            JsonNode event = JSON.readTree(record.value());
            events.put(event.path("amount").asInt(), event);
        }
        assertThat(events).hasSize(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            int first = Math.max(0, i - WINDOW_SECONDS + 1);
            int count = 0;
            long sum = 0;
            int desk = 0;
            int marked = 0;
            for (int j = first; j <= i; j++) {
                count += j % SHOPS == i % SHOPS ? 1 : 0;
                sum += j % SHOPS == i % SHOPS ? j : 0;
                desk += j % DESKS == i % DESKS ? 1 : 0;
            }
            for (int j = Math.max(0, first - DELAY_SECONDS); j <= i - DELAY_SECONDS; j++) {
                marked += j % DESKS == i % DESKS && j % MARKED == 0 ? 1 : 0;
            }
            JsonNode event = events.get(i);
            assertThat(List.of(
                            event.path("shop_count").asLong(),
                            event.path("shop_sum").asLong(),
                            event.path("desk_count").asLong(),
                            event.path("desk_last").asLong(),
                            event.path("desk_marked").asLong()))
                    .as("event %d", i)
                    .containsExactly((long) count, sum, (long) desk, (long) i, (long) marked);
        }
    }

    /** All but who the instance is. */
    private void forgetLocalState(int replica) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var all = Files.walk(folder.resolve("state-" + replica))) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals("instance"))
                    .forEach(files::add);
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private void start(int replica, KafkaBroker broker) {
        List<String> command = List.of(
                Launch.java(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dkafka.bootstrap.servers=" + broker.bootstrapServers(),
                "-Dquarkus.http.port=" + FreePort.any(),
                "-Dmillrace.pipelines.dir=" + folder.resolve("pipelines"),
                "-Dmillrace.streams.state-dir=" + folder.resolve("state-" + replica),
                "-Dmillrace.topics.partitions=4",
                // Machines that run tests do much else: what is sent may be on its way to the broker for longer than
                // usual.
                "-Dmillrace.streams.order-wait=3s",
                "-jar",
                JAR.toString());
        replicas[replica] = new Launch(command, Map.of(), folder.resolve("service-" + replica + ".log")).start();
    }

    private String log(int replica) throws IOException {
        return Files.readString(folder.resolve("service-" + replica + ".log"));
    }
}
