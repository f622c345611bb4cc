package dev.millrace.bench.serving;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks for very many predictions, of one row a request, by {@code /predict} and by the Open Inference Protocol as JSON and as
 * binary data in turn, and looks at how much memory the process holds.
 */
public final class Soak {
    private static final int AT_ONCE = 8;
    private static final int STEPS = 10;
    private static final String INPUT =
            "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\": \"FP32\", \"data\": [310.0, 0, 1, 5.7, 3]}]}";
    private static final String BINARY =
            "{\"parameters\": {\"binary_data_output\": true}, \"inputs\": [{\"name\": \"features\", \"shape\": [1, 5],"
                    + " \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 20}}]}";
    private static final String EVENT =
            "{\"model\": \"card-fraud\", \"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}";

    private final Path home;
    private final int predictions;

    /** Asks for that many predictions, a tenth of them as a warm-up. */
    public Soak(Path home, int predictions) {
        this.home = home;
        this.predictions = predictions;
    }

    /** Prints the memory as it goes, and says whether it is flat: at the end within a tenth of what it was after the warm-up. */
    public boolean run() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(home.resolve(".millrace/bench-soak"));
        try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"), 0, Life.LONG);
                Served served = Served.model(home, folder, kafka, Forest.of(100, 6, 5), Map.of())) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            List<HttpRequest> requests = List.of(
                    request(served, "/predict", EVENT.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0),
                    request(
                            served,
                            "/v2/models/card-fraud/infer",
                            INPUT.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            0),
                    request(served, "/v2/models/card-fraud/infer", withRow(BINARY), BINARY.length()));
            long warm = 0;
            for (int step = 1; step <= STEPS; step++) {
                send(client, requests, predictions / STEPS);
                long resident = served.residentKilobytes();
                warm = step == 1 ? resident : warm;
                System.out.printf(
                        Locale.ROOT,
                        "  %,11d predictions: %,d KiB resident%n",
                        (long) predictions / STEPS * step,
                        resident);
            }
            long end = served.residentKilobytes();
            System.out.printf(
                    Locale.ROOT,
                    "  resident memory %+.1f %% from the warm-up to the end%n",
                    100.0 * (end - warm) / warm);
            return end <= warm * 1.1;
        }
    }

    private static void send(HttpClient client, List<HttpRequest> requests, int count) throws InterruptedException {
        Semaphore room = new Semaphore(AT_ONCE);
        AtomicLong failed = new AtomicLong();
        for (int i = 0; i < count; i++) {
            room.acquire();
            CompletableFuture<HttpResponse<Void>> answer =
                    client.sendAsync(requests.get(i % requests.size()), HttpResponse.BodyHandlers.discarding());
            answer.whenComplete((response, failure) -> {
                room.release();
                if (failure != null || response.statusCode() != 200) {
                    failed.incrementAndGet();
                }
            });
        }
        room.acquire(AT_ONCE);
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " of " + count + " requests failed");
        }
    }

    private static HttpRequest request(Served served, String path, byte[] body, int jsonLength) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(served.address(path)))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (jsonLength > 0) {
            request.header("Inference-Header-Content-Length", Integer.toString(jsonLength));
        }
        return request.build();
    }

    private static byte[] withRow(String json) {
        byte[] head = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return java.nio.ByteBuffer.allocate(head.length + 20)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .put(head)
                .putFloat(310)
                .putFloat(0)
                .putFloat(1)
                .putFloat(5.7f)
                .putFloat(3)
                .array();
    }
}
