package dev.millrace.ingest;

import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.NDJSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The machine lets a request wait 4 s for the broker. */
@QuarkusTest
class BrokerOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ConfigProperty(name = "millrace.data.dir")
    Path data;

    @ConfigProperty(name = "millrace.pipelines.dir")
    Path pipelines;

    private final Broker broker = Broker.ofTheMachine();

    @Test
    void answers_only_when_the_broker_has_the_event() {
        Requests.awaitPipeline("payments");
        Tail raw = Tail.raw("payments");
        broker.freeze();
        CompletableFuture<Integer> answer;
        try {
            answer = CompletableFuture.supplyAsync(() -> Requests.of(JSON)
                    .body(Requests.bytes(Payments.json("patient")))
                    .post("/pipelines/payments/events")
                    .statusCode());
            await().during(Duration.ofMillis(800)).until(() -> !answer.isDone());
        } finally {
            broker.thaw();
        }

        assertThat(answer.join()).isEqualTo(202);
        assertThat(raw.ids()).containsExactly("patient");
    }

    @Test
    void says_come_again_while_the_broker_is_dead_and_loses_and_doubles_nothing_over_its_death() throws IOException {
        Requests.awaitPipeline("payments");
        List<String> ids = IntStream.range(0, 8_000).mapToObj(i -> "k" + i).toList();
        Path folder = Files.createDirectory(data.resolve("outage"));
        Files.writeString(
                pipelines.resolve("outage.yaml"), Payments.pipeline("outage", "file: { path: outage/*.ndjson }"));
        Requests.awaitPipeline("outage");
        Files.writeString(
                folder.resolve("long.ndjson"),
                ids.stream().map(Payments::json).collect(Collectors.joining("\n")) + "\n");
        try (Tail files = Tail.wholeRaw("outage")) {
            files.await(500);
        }

        broker.kill();
        try {
            await().atMost(PATIENCE).until(() -> ready() == 503);
            assertThat(RestAssured.get("/q/health/live").statusCode()).isEqualTo(200);
            assertThat(RestAssured.get("/q/health/started").statusCode()).isEqualTo(200);
            Requests.of(JSON)
                    .body(Requests.bytes(Payments.json("unlucky")))
                    .post("/pipelines/payments/events")
                    .then()
                    .statusCode(503)
                    .contentType(PROBLEM)
                    .header("Retry-After", "5")
                    .body("detail", containsString("Send the same request again"));
            assertThat(RestAssured.get("/q/health/live").statusCode()).isEqualTo(200);
        } finally {
            broker.startAgain();
        }

        await().atMost(PATIENCE).until(() -> ready() == 200);
        assertThat(RestAssured.get("/q/health/live").statusCode()).isEqualTo(200);
        Tail raw = Tail.raw("payments");
        try (Tail files = Tail.wholeRaw("outage")) {
            await().atMost(PATIENCE)
                    .until(() -> Requests.events(NDJSON, Payments.json("unlucky"))
                                    .extract()
                                    .statusCode()
                            == 202);
            assertThat(raw.ids()).isNotEmpty().containsOnly("unlucky");

            await().atMost(PATIENCE).until(() -> files.read().size() >= ids.size());
            assertThat(files.ids()).containsExactlyElementsOf(ids);
        } finally {
            Files.delete(pipelines.resolve("outage.yaml"));
        }
    }

    private static int ready() {
        return RestAssured.get("/q/health/ready").statusCode();
    }
}
