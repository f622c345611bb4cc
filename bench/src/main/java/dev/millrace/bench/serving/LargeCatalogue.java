package dev.millrace.bench.serving;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.onnx.FactorsOnnx;
import dev.millrace.training.recommend.onnx.ItemsNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Learns factors of 100,000 items from what 1,000,000 users chose, and loads {@code /predict} with them. */
public final class LargeCatalogue {
    private static final int USERS = 1_000_000;
    private static final int CHOICES = 10;
    private static final int ITEMS = 100_000;
    private static final int GROUPS = 500;
    private static final int DIMENSION = 32;
    private static final int ROUNDS = 3;
    private static final int HISTORY = 50;

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
     * @param one a single connection
     * @param many several
     * @param residentMebibytes the service's memory at the end
     */
    public record Result(
            long choices,
            double learnedSeconds,
            long learnedMebibytes,
            long heapMebibytes,
            int fileMebibytes,
            Recommending.Line one,
            Recommending.Line many,
            long residentMebibytes) {}

    /** Loads for so many seconds, once with one connection and once with several, after as long as a warm-up. */
    public LargeCatalogue(Path home, int seconds, int connections) {
        this.home = home;
        this.seconds = seconds;
        this.connections = connections;
    }

    /** Measures. */
    public Result measure() throws IOException, InterruptedException {
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
        Path folder = Files.createDirectories(home.resolve(".millrace/bench-catalogue"));
        String body = "{\"model\": \"recommend\", \"inputs\": [{\"history\": ["
                + IntStream.range(0, HISTORY)
                        .mapToObj(i -> "\"" + histories.item(i * 1_999) + "\"")
                        .collect(Collectors.joining(", "))
                + "], \"k\": 10}]}";
        Wrk wrk = new Wrk(folder, body);
        try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"), 0, Life.LONG);
                Served served = Served.of(
                        home,
                        folder,
                        kafka,
                        Recommending.PIPELINE.replace(", attributes: [category]", ""),
                        "recommend",
                        "recommender",
                        onnx)) {
            load(wrk, served, connections);
            return new Result(
                    histories.size(),
                    learned,
                    peak,
                    Runtime.getRuntime().maxMemory() >> 20,
                    onnx.length >> 20,
                    load(wrk, served, 1),
                    load(wrk, served, connections),
                    served.residentKilobytes() >> 10);
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
