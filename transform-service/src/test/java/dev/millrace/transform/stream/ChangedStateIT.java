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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of a pipeline with state, in two replicas of the packaged service, which are killed while a new state takes over. */
@Tag("long")
class ChangedStateIT {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int WINDOW_SECONDS = 3_600;
    private static final int SHOPS = 5;
    private static final int DESKS = 7;

    private static final String FIRST = """
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
              transform:
                - deduplicate: { within: 1d }
                - window: { by: shop, over: [1h], precision: 1s, compute: { shop_count: "count()", shop_sum: "sum(amount)" } }
                - window: { by: desk, over: [1h], precision: 1s, compute: { desk_count: "count()" } }
            """;
    private static final String WITHOUT_SUM = FIRST.replace(", shop_sum: \"sum(amount)\"", "");
    private static final String WITH_LAST =
            WITHOUT_SUM.replace("desk_count: \"count()\"", "desk_count: \"count()\", desk_last: \"last(amount)\"");
    private static final String VERSION_2 = WITH_LAST + "  state: { version: v2 }\n";

    @TempDir
    Path folder;

    private final Process[] replicas = new Process[2];
    private int sent;

    @AfterEach
    void stop() {
        for (Process replica : replicas) {
            if (replica != null) {
                Stop.now(replica.toHandle());
            }
        }
    }

    @Test
    void state_goes_on_or_is_refused_or_built_anew_and_every_event_comes_out_once() throws Exception {
        Files.createDirectory(folder.resolve("pipelines"));
        declare(FIRST);
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
                TopicEnds topics = new TopicEnds(broker.bootstrapServers())) {
            for (int replica = 0; replica < replicas.length; replica++) {
                start(replica, broker);
            }
            await().atMost(SOON).until(() -> log(0).contains("pipeline desks: started"));
            send(topics, 1_000);
            awaitClean(topics);

            declare(WITHOUT_SUM);
            await().atMost(SOON).until(() -> said("desks: changed") >= 1);
            send(topics, 500);
            awaitClean(topics);

            declare(WITH_LAST);
            await().atMost(SOON)
                    .until(() ->
                            said("step window-desk: compute desk_last: it is new, and nothing was counted for last")
                                    > 0);
            send(topics, 500);
            awaitClean(topics);
            int before = sent;

            declare(VERSION_2);
            String[] moments = {"is built beside", "has caught up", "answers up to", "' answers\n"};
            for (int i = 0; i < moments.length; i++) {
                send(topics, 200);
                String moment = moments[i];
                await().atMost(SOON).until(() -> said(moment) > 0);
                Stop.now(replicas[i % 2].toHandle());
                send(topics, 200);
                start(i % 2, broker);
            }
            await().atMost(SOON).until(() -> said("the state of version '' is deleted") > 0);
            int after = sent;
            send(topics, 500);
            awaitClean(topics);

            assertFeatures(topics.committed("millrace.desks.clean"), before, after);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                assertThat(admin.listTopics().names().get())
                        .noneMatch(name -> name.startsWith("millrace-transform-desks-"))
                        .anyMatch(name -> name.startsWith("millrace-transform-desks.v2-"));
            }
        }
    }

    @Test
    void nobody_answers_for_seconds_only_while_a_new_state_takes_over() throws Exception {
        Files.createDirectory(folder.resolve("pipelines"));
        declare(WITHOUT_SUM);
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
                TopicEnds topics = new TopicEnds(broker.bootstrapServers())) {
            for (int replica = 0; replica < replicas.length; replica++) {
                start(replica, broker);
            }
            await().atMost(SOON).until(() -> log(0).contains("pipeline desks: started"));
            send(topics, 30_000);
            awaitClean(topics);
            int before = sent;

            declare(VERSION_2);
            await().atMost(SOON).until(() -> said("the state of version '' is deleted") > 0);
            int after = sent;
            send(topics, 500);
            awaitClean(topics);

            assertFeatures(topics.committed("millrace.desks.clean"), before, after);
            assertThat(pause()).isLessThan(Duration.ofSeconds(60));
            System.out.println("nobody answered for " + pause());
        }
    }

    /** From that the old version was stopped until the new one answers. */
    private Duration pause() throws IOException {
        return Duration.between(first("' has caught up;"), first("' answers$"));
    }

    private LocalTime first(String words) throws IOException {
        Matcher line = Pattern.compile("(?m)^(\\d\\d:\\d\\d:\\d\\d\\.\\d+) .*state version .*" + words)
                .matcher(log(0) + log(1));
        return line.results()
                .map(result -> LocalTime.parse(result.group(1)))
                .min(LocalTime::compareTo)
                .orElseThrow();
    }

    /** A second apart; every hundredth is sent twice. */
    private void send(TopicEnds topics, int more) {
        for (int end = sent + more; sent < end; sent++) {
            String id = "e" + sent;
            String shop = "s" + sent % SHOPS;
            byte[] event = ("{\"id\":\"%s\",\"at\":\"%s\",\"shop\":\"%s\",\"desk\":\"d%d\",\"amount\":%d}"
                            .formatted(id, BEGIN.plusSeconds(sent), shop, sent % DESKS, sent))
                    .getBytes(StandardCharsets.UTF_8);
            topics.sendNow("millrace.desks.raw", shop, id, event);
            if (sent % 100 == 0) {
                topics.sendNow("millrace.desks.raw", shop, id, event);
            }
        }
        topics.flush();
    }

    private void awaitClean(TopicEnds topics) {
        await().atMost(SOON)
                .until(() -> topics.committed("millrace.desks.clean").size() >= sent);
    }

    /** How many have the new feature; none of those before that number, and all from the other on. */
    private int assertFeatures(List<ConsumerRecord<byte[], byte[]>> clean, int before, int after) throws IOException {
        Map<Integer, JsonNode> events = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : clean) {
            JsonNode event = JSON.readTree(record.value());
            events.put(event.path("amount").asInt(), event);
        }
        assertThat(events).hasSize(sent);
        assertThat(clean).hasSize(sent);
        int fresh = 0;
        for (int i = 0; i < sent; i++) {
            JsonNode event = events.get(i);
            assertThat(List.of(
                            event.path("shop_count").asLong(),
                            event.path("desk_count").asLong()))
                    .as("event %d", i)
                    .containsExactly(counted(i, SHOPS), counted(i, DESKS));
            if (event.hasNonNull("desk_last")) {
                fresh++;
                assertThat(event.path("desk_last").asInt()).isEqualTo(i);
                assertThat(i).isGreaterThanOrEqualTo(before);
            } else {
                assertThat(i).isLessThan(after);
            }
        }
        return fresh;
    }

    private static long counted(int event, int every) {
        int first = Math.max(0, event - WINDOW_SECONDS + 1);
        long count = 0;
        for (int i = event; i >= first; i -= every) {
            count++;
        }
        return count;
    }

    private void declare(String yaml) throws IOException {
        Path written = Files.writeString(folder.resolve("desks.written"), yaml);
        Files.move(written, folder.resolve("pipelines/desks.yaml"), StandardCopyOption.ATOMIC_MOVE);
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
                "-Dmillrace.topics.partitions=2",
                "-jar",
                JAR.toString());
        replicas[replica] = new Launch(command, Map.of(), folder.resolve("service-" + replica + ".log")).start();
    }

    private int said(String words) throws IOException {
        return (log(0) + log(1)).split(Pattern.quote(words), -1).length - 1;
    }

    private String log(int replica) throws IOException {
        return Files.readString(folder.resolve("service-" + replica + ".log"));
    }
}
