package dev.millrace.local.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * A client of {@code POST /pipelines/{p}/events}, or of labels, as applications should be: it sends lines in batches over a few
 * connections, comes again when it is told to (429, 503 with {@code Retry-After}) or when nobody answers, and sends the
 * same batch then, which is safe. One thread sends.
 */
public final class HttpFeed implements AutoCloseable {
    private static final int LINES_A_BATCH = 1_000;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(40);
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(3);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(250);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI events;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService connections;
    private final Semaphore free;
    private final int count;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder repeats = new LongAdder();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final StringBuilder batch = new StringBuilder();
    private int lines;

    /**
     * A feed of that pipeline.
     *
     * @param ingest where ingest-service answers
     * @param connections how many requests are under way at once
     */
    public HttpFeed(URI ingest, String pipeline, int connections) {
        this(ingest.resolve("/pipelines/" + pipeline + "/events"), connections);
    }

    /** A feed of labels for that pipeline's events, over one connection. */
    public static HttpFeed ofLabels(URI ingest, String pipeline, String labels) {
        return new HttpFeed(ingest.resolve("/pipelines/" + pipeline + "/labels/" + labels), 1);
    }

    private HttpFeed(URI events, int connections) {
        this.events = events;
        this.connections = Executors.newFixedThreadPool(connections);
        this.free = new Semaphore(connections);
        this.count = connections;
    }

    /** Adds a line; waits while every connection is busy. */
    public void line(String line) {
        batch.append(line).append('\n');
        if (++lines == LINES_A_BATCH) {
            flush();
        }
    }

    /** Sends what is left and waits for all answers. */
    public void finish() {
        flush();
        free.acquireUninterruptibly(count);
        free.release(count);
        throwFailure();
    }

    /** How many events were accepted so far. */
    public long accepted() {
        return accepted.sum();
    }

    /** How many records were refused so far. */
    public long refused() {
        return refused.sum();
    }

    /** How many requests had to be sent again. */
    public long repeats() {
        return repeats.sum();
    }

    private void flush() {
        throwFailure();
        if (lines == 0) {
            return;
        }
        String body = batch.toString();
        batch.setLength(0);
        lines = 0;
        free.acquireUninterruptibly();
        connections.execute(() -> {
            try {
                deliver(body);
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            } finally {
                free.release();
            }
        });
    }

    private void throwFailure() {
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private void deliver(String body) {
        HttpRequest request = HttpRequest.newBuilder(events)
                .header("Content-Type", "application/x-ndjson")
                .timeout(ANSWER_WITHIN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        long start = System.nanoTime();
        while (!delivered(request)) {
            if (System.nanoTime() - start > GIVE_UP_AFTER.toNanos()) {
                throw new IllegalStateException(
                        events + " took no events for " + GIVE_UP_AFTER.toSeconds() + " s; see ingest's log");
            }
            repeats.increment();
        }
    }

    private boolean delivered(HttpRequest request) {
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException nobodyAnswered) {
            pause(AGAIN_AFTER);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", e);
        }
        return switch (response.statusCode()) {
            case 202 -> {
                count(response.body());
                yield true;
            }
            case 429, 503 -> {
                pause(retryAfter(response).orElse(AGAIN_AFTER));
                yield false;
            }
            default ->
                throw new IllegalStateException(events + " answered " + response.statusCode() + ": " + response.body());
        };
    }

    private static Optional<Duration> retryAfter(HttpResponse<String> response) {
        return response.headers().firstValue("Retry-After").map(Long::parseLong).map(Duration::ofSeconds);
    }

    private void count(String body) {
        try {
            JsonNode report = JSON.readTree(body);
            accepted.add(report.path("accepted").asLong());
            refused.add(report.path("refused").asLong());
        } catch (IOException e) {
            throw new UncheckedIOException("the answer is no JSON: " + body, e);
        }
    }

    private static void pause(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting to send again", e);
        }
    }

    @Override
    public void close() {
        connections.shutdownNow();
    }
}
