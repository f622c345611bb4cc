package dev.millrace.transform.stream;

import static dev.millrace.transform.stream.Orders.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Life;
import dev.millrace.local.process.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as a process of its own, killed as by {@code kill -9}. */
class KilledProcessIT {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    /** Far less than the session and the transaction timeout that the processes are started with. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(6);

    @TempDir
    Path folder;

    private Process service;

    @AfterEach
    void stop() {
        if (service != null) {
            Stop.now(service.toHandle());
        }
    }

    @Test
    void goes_on_at_once_after_a_kill_and_leaves_no_transaction_that_blocks_readers() throws Exception {
        Orders orders = new Orders("killed");
        Files.createDirectory(folder.resolve("pipelines"));
        orders.declareIn(folder.resolve("pipelines"), 1);
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT)) {
            service = start(broker, "5m");
            await().atMost(SOON).until(() -> log().contains("pipeline killed: started"));
            try (TopicEnds topics = new TopicEnds(broker.bootstrapServers())) {
                topics.sendOrders(orders, ids("a", 0, 500));
                await().atMost(SOON)
                        .until(() -> topics.uncommitted(orders.clean()).size() == 500);
                assertThat(topics.committed(orders.clean())).isEmpty();

                Stop.now(service.toHandle());
                topics.sendOrders(orders, ids("b", 0, 500));
                service = start(broker, "100ms");

                List<String> sent = new ArrayList<>(ids("a", 0, 500));
                sent.addAll(ids("b", 0, 500));
                sent.sort(null);
                await().atMost(SOON)
                        .untilAsserted(
                                () -> assertThat(topics.ids(orders.clean())).isEqualTo(sent));
            }
        }
    }

    @Test
    void ends_in_the_time_of_one_pipeline_when_the_broker_is_away() throws Exception {
        Files.createDirectory(folder.resolve("pipelines"));
        int pipelines = 5;
        for (int i = 0; i < pipelines; i++) {
            new Orders("p" + i).declareIn(folder.resolve("pipelines"), 1);
        }
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT)) {
            service = start(broker, "100ms");
            await().atMost(SOON).until(() -> log().split("pipeline p\\d: started", -1).length == pipelines + 1);
            broker.kill();

            service.destroy();

            assertThat(service.waitFor(STOPS_WITHIN.multipliedBy(3).toSeconds(), TimeUnit.SECONDS))
                    .as(log())
                    .isTrue();
        }
    }

    private Process start(KafkaBroker broker, String commitInterval) {
        List<String> command = List.of(
                Launch.java(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dkafka.bootstrap.servers=" + broker.bootstrapServers(),
                "-Dquarkus.http.port=" + FreePort.any(),
                "-Dmillrace.pipelines.dir=" + folder.resolve("pipelines"),
                "-Dmillrace.streams.state-dir=" + folder.resolve("state"),
                "-Dmillrace.streams.session-timeout=10m",
                "-Dmillrace.streams.stop-timeout=" + STOPS_WITHIN,
                "-Dmillrace.streams.commit-interval=" + commitInterval,
                "-jar",
                JAR.toString());
        return new Launch(command, Map.of(), folder.resolve("service.log")).start();
    }

    private String log() throws Exception {
        return Files.readString(folder.resolve("service.log"));
    }
}
