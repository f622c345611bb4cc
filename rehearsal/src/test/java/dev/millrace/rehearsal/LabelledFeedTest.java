package dev.millrace.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.training.sample.LabelledEvent;
import dev.millrace.training.sample.Learnable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ingest is sent, in which order. */
class LabelledFeedTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "card-fraud", "pipeline.yaml");

    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private HttpServer ingest;

    @BeforeEach
    void listen() throws IOException {
        ingest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ingest.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String kind = path.substring(path.lastIndexOf('/') + 1);
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            body.lines().forEach(line -> received.add(kind + " " + line));
            byte[] answer = ("{\"accepted\": " + body.lines().count() + "}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(202, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        ingest.start();
    }

    @AfterEach
    void hangUp() {
        ingest.stop(0);
    }

    @Test
    void a_positive_label_comes_once_it_is_known_between_what_was_before_and_after() throws Exception {
        try (LabelledFeed feed = feed()) {
            feed.send(event("1", "2018-04-01 10:00:00", true));
            feed.send(event("2", "2018-04-01 11:00:00", false));
            feed.send(event("3", "2018-04-08 09:59:59", false));
            feed.send(event("4", "2018-04-08 10:00:00", true));
            feed.finish();
            assertThat(feed.sent()).isEqualTo(4);
            assertThat(feed.labelled()).isEqualTo(1);
            feed.labelUntil(Instant.MAX);
        }

        assertThat(received.stream().map(line -> line.replaceAll("\"tx_datetime.*", "…")))
                .containsExactly(
                        "events {\"transaction_id\":\"1\",…",
                        "events {\"transaction_id\":\"2\",…",
                        "events {\"transaction_id\":\"3\",…",
                        "chargebacks {\"transaction_id\":\"1\",\"label\":true}",
                        "events {\"transaction_id\":\"4\",…",
                        "chargebacks {\"transaction_id\":\"4\",\"label\":true}");
    }

    @Test
    void an_event_is_sent_without_its_label_and_whatever_else_is_not_declared() throws Exception {
        try (LabelledFeed feed = feed()) {
            feed.send(event("1", "2018-04-01 10:00:00", true));
            feed.finish();
        }

        assertThat(received)
                .containsExactly("events {\"transaction_id\":\"1\",\"tx_datetime\":\"2018-04-01 10:00:00\","
                        + "\"customer_id\":\"7\",\"terminal_id\":\"8\",\"tx_amount\":\"12.5\"}");
    }

    @Test
    void what_the_pipeline_can_not_read_is_sent_as_it_is_because_ingest_is_to_say_so() throws Exception {
        try (LabelledFeed feed = feed()) {
            feed.send(new LabelledEvent("no JSON".getBytes(StandardCharsets.UTF_8), true));
            feed.finish();
            feed.labelUntil(Instant.MAX);
        }

        assertThat(received).containsExactly("events no JSON");
    }

    private LabelledFeed feed() throws Exception {
        return new LabelledFeed(
                URI.create("http://localhost:" + ingest.getAddress().getPort()), Learnable.in(EXAMPLE));
    }

    private static LabelledEvent event(String id, String time, boolean positive) {
        String json = "{\"transaction_id\":\"" + id + "\",\"tx_datetime\":\"" + time
                + "\",\"customer_id\":\"7\",\"terminal_id\":\"8\",\"tx_amount\":\"12.5\",\"TX_FRAUD\":\""
                + (positive ? 1 : 0) + "\",\"TX_FRAUD_SCENARIO\":\"1\"}";
        return new LabelledEvent(json.getBytes(StandardCharsets.UTF_8), positive);
    }
}
