package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.CSV;
import static dev.millrace.ingest.Requests.JSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static dev.millrace.ingest.Requests.bytes;
import static dev.millrace.ingest.Requests.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The machine allows bodies of 2 MiB, and 12 MiB of them at once. */
@QuarkusTest
class LimitsTest {
    private static final int LIMIT = 2 * 1024 * 1024;

    private Tail raw;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        raw = Tail.raw("payments");
    }

    @AfterEach
    void gives_all_bytes_back() {
        await().until(LimitsTest::bytesInFlight, bytes -> bytes == 0);
    }

    @Test
    void takes_a_body_of_exactly_the_limit() {
        Requests.events(JSON, padded("brim", LIMIT)).statusCode(202);

        assertThat(raw.ids()).containsExactly("brim");
    }

    @Test
    void refuses_a_body_over_the_limit_and_says_what_to_do() {
        Requests.events(JSON, padded("over", LIMIT + 1))
                .statusCode(413)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/body-too-large"))
                .body("detail", containsString(LIMIT + " bytes (millrace.http.max-body)"))
                .body("detail", containsString("/files"));

        assertThat(raw.read()).isEmpty();
    }

    @Test
    void refuses_a_chunked_body_over_the_limit() {
        HttpResponse<String> answer =
                Requests.chunked("/pipelines/payments/events", JSON, bytes(padded("over", 10 * LIMIT)));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("millrace.http.max-body");
        assertThat(raw.read()).isEmpty();
    }

    @Test
    void refuses_a_small_body_that_unzips_to_more_than_the_limit() {
        Requests.of(JSON)
                .header("Content-Encoding", "gzip")
                .body(gzip(new byte[100_000_000]))
                .post("/pipelines/payments/events")
                .then()
                .statusCode(413);
    }

    @Test
    void refuses_a_body_that_is_announced_with_more_bytes_than_an_int_counts() {
        try (RawHttp http = new RawHttp()) {
            http.send(head("/pipelines/payments/events", 3_000_000_000L) + "[");

            assertThat(http.answer()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void sends_clients_away_while_too_many_bytes_are_in_flight_and_takes_them_after() {
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                RawHttp http = new RawHttp();
                http.send(head("/pipelines/payments/events", LIMIT) + "[");
                slow.add(http);
            }
            await().until(LimitsTest::bytesInFlight, bytes -> bytes == 6.0 * LIMIT);

            Requests.events(JSON, Payments.json("later"))
                    .statusCode(429)
                    .contentType(PROBLEM)
                    .header("Retry-After", "1")
                    .body("type", equalTo("/problems/too-many-requests"))
                    .body("detail", containsString("millrace.http.max-in-flight"));
            Requests.file(CSV, "", bytes("payment_id,customer,at,amount\n"))
                    .statusCode(429)
                    .header("Retry-After", "1");
            assertThat(Requests.chunked("/pipelines/payments/events", JSON, new byte[20_000_000])
                            .statusCode())
                    .as("a body that is still being sent")
                    .isEqualTo(429);
            assertThat(raw.read()).isEmpty();
        } finally {
            slow.forEach(RawHttp::close);
        }
        await().until(LimitsTest::bytesInFlight, bytes -> bytes == 0);
        Requests.events(JSON, Payments.json("later")).statusCode(202);
        assertThat(raw.ids()).containsExactly("later");
    }

    @Test
    void takes_nothing_of_a_request_whose_sender_hangs_up() {
        try (RawHttp http = new RawHttp()) {
            http.send(head("/pipelines/payments/events", 100_000) + "[" + Payments.json("half"));
            await().until(LimitsTest::bytesInFlight, bytes -> bytes == 100_000);
        }
        await().until(LimitsTest::bytesInFlight, bytes -> bytes == 0);

        assertThat(raw.read()).isEmpty();
    }

    private static String head(String path, long length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json"
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String padded(String id, int length) {
        String event = Payments.json(id);
        return event + " ".repeat(length - event.length());
    }

    private static double bytesInFlight() {
        return RestAssured.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("millrace_http_in_flight_bytes"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }
}
