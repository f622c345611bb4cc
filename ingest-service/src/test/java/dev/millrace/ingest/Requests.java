package dev.millrace.ingest;

import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;

/** The requests that clients send. Bodies go out byte by byte as given. */
public final class Requests {
    public static final String JSON = "application/json";
    public static final String NDJSON = "application/x-ndjson";
    public static final String CLOUD_EVENT = "application/cloudevents+json";
    public static final String CLOUD_EVENTS = "application/cloudevents-batch+json";
    public static final String CSV = "text/csv";
    public static final String PROBLEM = "application/problem+json";

    static {
        // On a machine that does much else, ten seconds may pass before a broker answers.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private Requests() {}

    /** A request with that content type, which is sent as it is. */
    public static RequestSpecification of(String contentType) {
        EncoderConfig encoders = EncoderConfig.encoderConfig()
                .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                .encodeContentTypeAs(contentType, ContentType.BINARY);
        return RestAssured.given()
                .config(RestAssuredConfig.config().encoderConfig(encoders))
                .contentType(contentType);
    }

    /** Posts events to pipeline {@code payments}. */
    public static ValidatableResponse events(String contentType, String body) {
        return events(contentType, bytes(body));
    }

    /** Posts events to pipeline {@code payments}. */
    public static ValidatableResponse events(String contentType, byte[] body) {
        awaitPipeline("payments");
        return of(contentType).body(body).post("/pipelines/payments/events").then();
    }

    /** Posts labels to {@code chargebacks} of pipeline {@code payments}. */
    public static ValidatableResponse labels(String contentType, String body) {
        awaitPipeline("payments");
        return of(contentType)
                .body(bytes(body))
                .post("/pipelines/payments/labels/chargebacks")
                .then();
    }

    /** Posts a file to pipeline {@code payments}. */
    public static ValidatableResponse file(String contentType, String path, byte[] body) {
        awaitPipeline("payments");
        return of(contentType)
                .body(body)
                .post("/pipelines/payments/files" + path)
                .then();
    }

    /** Posts with Transfer-Encoding: chunked. */
    public static HttpResponse<String> chunked(String path, String contentType, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the service runs the pipeline. */
    public static void awaitPipeline(String name) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(() -> RestAssured.get("/q/health/ready").asString().contains('"' + name + '"'));
    }

    public static void awaitNoPipeline(String name) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .until(() -> !RestAssured.get("/q/health/ready").asString().contains('"' + name + '"'));
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
