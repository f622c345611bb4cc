package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas under load: versions are promoted and rolled back, one replica is killed with {@code kill -9} and comes back.
 * Clients do what load balancers and HTTP clients do: where a replica does not answer, they ask the other one.
 */
@Tag("long")
class PromotionIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLIENTS = 4;
    private static final Duration EVERYWHERE_WITHIN = Duration.ofSeconds(5);
    private static final byte[] QUESTION = ("{\"model\": \"card-fraud\", \"inputs\": [{\"transaction_id\": \"t1\","
                    + " \"customer_id\": \"7\", \"terminal_id\": \"8\", \"tx_amount\": 310.0,"
                    + " \"tx_datetime\": \"2018-06-05 03:12:00\"}]}")
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger askedAgain = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    @Test
    void no_request_fails_while_versions_change_and_a_replica_is_killed() throws Exception {
        try (Stack stack = Stacks.start("promotion");
                ModelReplica second = new ModelReplica(stack, Stacks.home().resolve("examples/card-fraud"), folder)) {
            second.start();
            awaitReady(second.address());
            URI first = stack.address(Service.MODEL);
            register(first);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                List<URI> replicas = i % 2 == 0 ? List.of(first, second.address()) : List.of(second.address(), first);
                Thread client = new Thread(() -> ask(replicas), "client-" + i);
                client.start();
                clients.add(client);
            }
            for (int i = 0; i < 3; i++) {
                change(first, "", "{\"version\": \"2\", \"by\": \"acceptance\"}");
                awaitVersion("2", first, second.address());
                change(second.address(), "/rollback", "{\"by\": \"acceptance\", \"why\": \"to see it\"}");
                awaitVersion("1", first, second.address());
            }
            second.kill();
            change(first, "", "{\"version\": \"2\"}");
            awaitVersion("2", first);
            int before = answered.get();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> answered.get() > before + 100);
            second.start();
            awaitReady(second.address());
            awaitVersion("2", second.address());
            done.set(true);
            for (Thread client : clients) {
                client.join();
            }

            System.out.printf(
                    "promotion: %,d answers, %d of them by the other replica when the first one was asked in vain%n",
                    answered.get(), askedAgain.get());
            assertThat(failures).isEmpty();
            assertThat(answered.get()).isGreaterThan(500);
            assertThatPredictionsAreThereOnce(stack);
        }
    }

    /** The example's version 1 with another threshold. */
    private static void register(URI service) throws IOException {
        Path version = Stacks.home().resolve("examples/card-fraud/models/card-fraud/1");
        ObjectNode description =
                (ObjectNode) JSON.readTree(version.resolve("model.json").toFile());
        description.remove(List.of("name", "version", "sha256"));
        description.put("threshold", 0.5);
        given().multiPart("onnx", "model.onnx", Files.readAllBytes(version.resolve("model.onnx")))
                .multiPart("description", description.toString())
                .put(service.resolve("/models/card-fraud/versions"))
                .then()
                .statusCode(201);
    }

    private static void change(URI service, String what, String body) {
        given().contentType("application/json")
                .body(body)
                .post(service.resolve("/models/card-fraud/aliases/champion" + what))
                .then()
                .statusCode(200);
    }

    private void ask(List<URI> replicas) {
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
        while (!done.get()) {
            try {
                Optional<HttpResponse<String>> first = answer(http, replicas.get(0));
                HttpResponse<String> answer;
                if (first.isPresent()) {
                    answer = first.get();
                } else {
                    askedAgain.incrementAndGet();
                    answer = ask(http, replicas.get(1));
                }
                if (answer.statusCode() == 200) {
                    answered.incrementAndGet();
                } else {
                    failures.add(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException e) {
                failures.add("no replica answers: " + e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Nothing from a replica that is not there, or says that it is starting: a cluster sends no requests to one. */
    private static Optional<HttpResponse<String>> answer(HttpClient http, URI replica) throws InterruptedException {
        try {
            return Optional.of(ask(http, replica))
                    .filter(answer -> answer.statusCode() != 503
                            || answer.headers().firstValue("Retry-After").isEmpty());
        } catch (IOException noAnswer) {
            return Optional.empty();
        }
    }

    private static HttpResponse<String> ask(HttpClient http, URI replica) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(replica.resolve("/predict"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofByteArray(QUESTION))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** What is asked {@link #EVERYWHERE_WITHIN} after a change has that version, however long a busy machine takes to answer. */
    private static void awaitVersion(String version, URI... replicas) {
        Instant changed = Instant.now();
        for (URI replica : replicas) {
            Awaitility.await("version " + version + " at " + replica)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        Instant asked = Instant.now();
                        boolean holds = version.equals(version(replica));
                        assertThat(holds || asked.isBefore(changed.plus(EVERYWHERE_WITHIN)))
                                .as("version " + version + " at " + replica + ", asked at " + asked)
                                .isTrue();
                        return holds;
                    });
        }
    }

    private static String version(URI replica) {
        return given().contentType("application/json")
                .body(QUESTION)
                .post(replica.resolve("/predict"))
                .path("version");
    }

    private static void awaitReady(URI replica) {
        HttpClient http = HttpClient.newHttpClient();
        Awaitility.await("the second replica is ready")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> http.send(
                                        HttpRequest.newBuilder(replica.resolve("/q/health/ready"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode()
                        == 200);
    }

    /** Those in memory at the kill are not; every other one is, and none twice. */
    private void assertThatPredictionsAreThereOnce(Stack stack) {
        Awaitility.await("predictions in the warehouse")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> count(stack, "count(*)") >= answered.get() * 0.9);
        assertThat(count(stack, "count(*)")).isEqualTo(count(stack, "count(distinct id)"));
        JsonNode figures = JSON.valueToTree(List.of(answered.get(), count(stack, "count(*)")));
        System.out.println("promotion: answers to clients, rows in millrace.predictions: " + figures);
    }

    private static long count(Stack stack, String what) {
        try (Connection connection = DriverManager.getConnection(
                        stack.postgres().jdbcUrl(),
                        stack.postgres().user(),
                        stack.postgres().password());
                ResultSet rows =
                        connection.createStatement().executeQuery("select " + what + " from millrace.predictions")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
