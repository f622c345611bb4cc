package dev.millrace.bench.serving;

import dev.millrace.bench.serving.Interactions.Interaction;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.onnx.FactorsOnnx;
import dev.millrace.training.recommend.onnx.ItemsNote;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * Learns factors of 100,000 items from what 1,000,000 users chose, gives model-service all users' latest choices as live
 * features, and loads {@code /predict} with them.
 */
public final class LargeCatalogue {
    private static final int USERS = 1_000_000;
    private static final int CHOICES = 10;
    private static final int ITEMS = 100_000;
    private static final int GROUPS = 500;
    private static final int DIMENSION = 32;
    private static final int ROUNDS = 3;
    private static final int HISTORY = 50;
    /** Of an item; how many more there were makes no difference to what is kept. */
    private static final int LATELY = 10;

    private static final String PIPELINE = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: shop }
            spec:
              event:
                id: id
                key: user_id
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
                  user_id: { type: string, required: true }
                  item_id: { type: string, required: true }
              transform:
                - window: { by: user_id, over: [365d], compute: { history: "recent(item_id, 50)" } }
                - window: { by: item_id, over: [30d], compute: { lately: "count()" } }
              model: { name: recommend, recommend: { history: history, popular_now: lately } }
              sinks: [{ postgres: { fact: { table: fact_interaction } } }]
            """;
    private static final String ASKED_OF_USER =
            "{\"model\": \"recommend\", \"inputs\": [{\"user_id\": \"u%d\", \"k\": 10}]}";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path home;
    private final int seconds;
    private final int connections;

    /**
     * What was seen.
     *
     * @param choices how many there were
     * @param learnedSeconds how long learning took
     * @param learnedMebibytes the most memory that this process held, its heap bounded by that
     * @param heapMebibytes the bound of its heap
     * @param fileMebibytes the file that came of it
     * @param startSeconds how long the service took until it was ready, with all users' choices read
     * @param popularSeconds how long after that what is popular now was known
     * @param featuresMebibytes what live features take on the disk
     * @param one a single connection, with a history that is sent
     * @param many several
     * @param users as many, each time for another user, by what live features have
     * @param residentMebibytes the service's memory at the end
     */
    public record Result(
            long choices,
            double learnedSeconds,
            long learnedMebibytes,
            long heapMebibytes,
            int fileMebibytes,
            double startSeconds,
            double popularSeconds,
            long featuresMebibytes,
            Recommending.Line one,
            Recommending.Line many,
            Recommending.Line users,
            long residentMebibytes) {}

    /** Loads for so many seconds, once with one connection and once with several, after as long as a warm-up. */
    public LargeCatalogue(Path home, int seconds, int connections) {
        this.home = home;
        this.seconds = seconds;
        this.connections = connections;
    }

    /** Measures. */
    public Result measure()
            throws IOException, InterruptedException, InvalidDeclarationException, ExecutionException,
                    EvaluationException {
        Histories histories = histories();
        System.out.printf("  %,d choices, %,d MiB%n", histories.size(), peakMebibytes());
        long begin = System.nanoTime();
        ImplicitAls als = ImplicitAls.learn(histories, new ImplicitAls.Settings(DIMENSION, 0.1, 0.005, ROUNDS), 1)
                .with(new Fading(0.4));
        double learned = (System.nanoTime() - begin) / 1e9;
        System.out.printf("  learned within %.0f s, %,d MiB%n", learned, peakMebibytes());
        Schema fields = new Schema(List.of(Field.canonical("item_id", FieldType.STRING, false)));
        List<Row> rows = IntStream.range(0, histories.items())
                .mapToObj(item -> new Row(fields, new Object[] {histories.item(item)}))
                .toList();
        int[] counts = histories.counts();
        byte[] onnx =
                FactorsOnnx.write(als, new ItemsNote(als.text(), 0.4, "item_id", fields, rows, counts, counts).json());
        long peak = peakMebibytes();
        Path folder = home.resolve(".millrace/bench-catalogue");
        // Live features of a run before would be of other users.
        Utils.delete(folder.toFile());
        Files.createDirectories(folder);
        String body = "{\"model\": \"recommend\", \"inputs\": [{\"history\": ["
                + IntStream.range(0, HISTORY)
                        .mapToObj(i -> "\"" + histories.item(i * 1_999) + "\"")
                        .collect(Collectors.joining(", "))
                + "], \"k\": 10}]}";
        Wrk wrk = new Wrk(folder, body);
        Wrk users = Wrk.drawing(folder, ASKED_OF_USER, USERS);
        try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"), 0, Life.LONG)) {
            choose(kafka, histories);
            long starts = System.nanoTime();
            try (Served served = Served.of(home, folder, kafka, PIPELINE, "recommend", "recommender", onnx)) {
                double ready = (System.nanoTime() - starts) / 1e9;
                double popular = awaitPopular(served, starts) - ready;
                System.out.printf("  ready within %.0f s, popular now %.0f s later%n", ready, popular);
                load(wrk, served, connections);
                load(users, served, connections);
                return new Result(
                        histories.size(),
                        learned,
                        peak,
                        Runtime.getRuntime().maxMemory() >> 20,
                        onnx.length >> 20,
                        ready,
                        popular,
                        mebibytes(folder.resolve("features")),
                        load(wrk, served, 1),
                        load(wrk, served, connections),
                        load(users, served, connections),
                        served.residentKilobytes() >> 10);
            }
        }
    }

    /** All users' choices, two days apart, the last one now; and of each item how often it was chosen lately. */
    private static void choose(KafkaBroker kafka, Histories histories)
            throws InvalidDeclarationException, InterruptedException, ExecutionException, EvaluationException {
        Instant now = Instant.now();
        int[] counts = histories.counts();
        try (Interactions interactions = new Interactions(kafka, PIPELINE)) {
            for (int user = 0; user < histories.users(); user++) {
                String name = histories.user(user);
                int[] items = histories.of(user);
                List<Interaction> chosen = new ArrayList<>();
                for (int i = 0; i < items.length; i++) {
                    Instant at = now.minus(Duration.ofDays(2L * (items.length - 1 - i)));
                    chosen.add(new Interaction(name, histories.item(items[i]), at));
                }
                interactions.of("user_id", name, chosen);
                if ((user + 1) % 100_000 == 0) {
                    System.out.printf("  choices of %,d users%n", user + 1);
                }
            }
            for (int item = 0; item < histories.items(); item++) {
                String name = histories.item(item);
                Interaction chosen = new Interaction("u0", name, now);
                interactions.of("item_id", name, Collections.nCopies(Math.min(counts[item], LATELY), chosen));
            }
        }
    }

    /** When a user of whom nothing is known is answered by what is popular now, in seconds since that start. */
    private static double awaitPopular(Served served, long start) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(served.address("/predict")))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(ASKED_OF_USER.replace("%d", "-nobody")))
                .build();
        String answer = "";
        while (!answer.contains("popularity_as_of")) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException("what is popular now is not known yet: " + answer);
            }
            TimeUnit.MILLISECONDS.sleep(100);
            answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static long mebibytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    >> 20;
        }
    }

    private Recommending.Line load(Wrk wrk, Served served, int asking) throws IOException, InterruptedException {
        long before = served.cpu().toNanos();
        Wrk.Load load = wrk.load(served.address("/predict"), asking, seconds);
        double cpu = (served.cpu().toNanos() - before) / 1e3 / (load.requestsPerSecond() * seconds);
        Recommending.Line line = new Recommending.Line(
                Integer.toString(asking), load.requestsPerSecond(), load.medianMillis(), load.p99Millis(), cpu);
        System.out.println("  " + line);
        return line;
    }

    /** Users who like one group of items most, and popular items of every group. */
    private static Histories histories() {
        SplittableRandom random = new SplittableRandom(11);
        Histories.Builder builder = new Histories.Builder();
        String[] names = IntStream.range(0, ITEMS).mapToObj(item -> "p" + item).toArray(String[]::new);
        for (int item = 0; item < ITEMS; item++) {
            // So that each item has its number, and somebody who chose it.
            builder.add("u" + item, names[item], 0);
        }
        for (int user = 0; user < USERS; user++) {
            String name = "u" + user;
            int liked = random.nextInt(GROUPS);
            for (int i = 0; i < CHOICES; i++) {
                int group = random.nextInt(5) == 0 ? random.nextInt(GROUPS) : liked;
                double place = random.nextDouble();
                builder.add(name, names[group + GROUPS * (int) (ITEMS / GROUPS * place * place)], i + 1L);
            }
        }
        return builder.build();
    }

    private static long peakMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                >> 10;
    }
}
