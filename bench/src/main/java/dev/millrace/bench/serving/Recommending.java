package dev.millrace.bench.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.training.recommend.onnx.ItemsNote;
import dev.millrace.training.recommend.onnx.SparseWeightsOnnx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Loads {@code /predict} with requests for lists, of a user with 50 interactions in live features, over 10,000 items. */
public final class Recommending {
    private static final int ITEMS = 10_000;
    private static final int WEIGHTS = 300;
    private static final int HISTORY = 50;
    private static final int PARTITIONS = 4;
    private static final int CALLS = 3_000;
    /** The rate that a constant load has. */
    private static final int PER_SECOND = 2_000;

    private static final String USER = "u1";
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
                  category: { type: string }
              transform:
                - window: { by: user_id, over: [365d], compute: { history: "recent(item_id, 50)" } }
              model: { name: recommend, recommend: { history: history, attributes: [category] } }
              sinks: [{ postgres: { fact: { table: fact_interaction } } }]
            """;
    private static final String ASKED = "{\"model\": \"recommend\", \"inputs\": [{\"user_id\": \"" + USER
            + "\", \"k\": 10, \"exclude_seen\": true, \"where\": \"category == 'c3' || category == 'c5'\"}]}";

    private final Path home;
    private final int rounds;
    private final int seconds;
    private final int connections;

    /**
     * What was measured in one round; of several, in that with the median of p99.
     *
     * @param load who asked
     */
    public record Line(
            String load, double requestsPerSecond, double medianMillis, double p99Millis, double cpuMicros) {}

    /**
     * All of it.
     *
     * @param one a single connection, whose next request follows the answer
     * @param some half as many of these as {@code many}
     * @param many several of these, so that the processors have no rest
     * @param paced as many, at a constant rate
     * @param graphMicros processor time of the graph in a bare loop
     * @param productMicros that of the product of the history's weights and its full rows, and of nothing else
     * @param residentMebibytes the service's memory at the end
     */
    public record Result(
            Line one,
            Line some,
            Line many,
            Line paced,
            double graphMicros,
            double productMicros,
            long residentMebibytes,
            int fileMebibytes,
            Warmed warmed,
            int rounds,
            int seconds) {}

    /** Measures so many rounds of so many seconds each, after some that warm up. */
    public Recommending(Path home, int rounds, int seconds, int connections) {
        this.home = home;
        this.rounds = rounds;
        this.seconds = seconds;
        this.connections = connections;
    }

    /** Measures. */
    public Result measure()
            throws IOException, InterruptedException, OrtException, InvalidDeclarationException, ExecutionException,
                    EvaluationException {
        Path folder = Files.createDirectories(home.resolve(".millrace/bench-recommend"));
        byte[] onnx = model();
        double graph = graphMicros(onnx);
        double product = productMicros();
        System.out.printf("  the graph %.0f us, the bare product %.0f us%n", graph, product);
        Wrk wrk = new Wrk(folder, ASKED);
        try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"), 0, Life.LONG)) {
            choose(kafka);
            try (Served served = Served.of(home, folder, kafka, PIPELINE, "recommend", "recommender", onnx)) {
                requireHistory(served);
                WarmUp warmUp = new WarmUp(1);
                while (warmUp.goesOn()) {
                    warmUp.round(load(wrk, served, connections).requestsPerSecond());
                    System.out.println("  " + warmUp);
                }
                List<Line> one = new ArrayList<>();
                List<Line> some = new ArrayList<>();
                List<Line> many = new ArrayList<>();
                List<Line> paced = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    one.add(load(wrk, served, 1));
                    some.add(load(wrk, served, connections / 2));
                    many.add(load(wrk, served, connections));
                    paced.add(load(new Paced(ASKED), served));
                    System.out.println("  " + one.get(round) + " " + some.get(round) + " " + many.get(round) + " "
                            + paced.get(round));
                }
                return new Result(
                        median(one),
                        median(some),
                        median(many),
                        median(paced),
                        graph,
                        product,
                        served.residentKilobytes() >> 10,
                        onnx.length >> 20,
                        warmUp.warmed(),
                        rounds,
                        seconds);
            }
        }
    }

    private static byte[] model() {
        Random random = new Random(7);
        Schema fields = new Schema(List.of(
                Field.canonical("item_id", FieldType.STRING, false),
                Field.canonical("category", FieldType.STRING, false)));
        List<Row> rows = IntStream.range(0, ITEMS)
                .mapToObj(item -> new Row(fields, new Object[] {"p" + item, "c" + item % 10}))
                .toList();
        int[] counts = random.ints(ITEMS, 0, 1000).toArray();
        return SparseWeightsOnnx.write(
                ITEMS,
                WEIGHTS,
                (item, places, values) -> {
                    for (int i = 0; i < WEIGHTS; i++) {
                        places[i] = (item + 1 + i * (ITEMS / WEIGHTS) + random.nextInt(ITEMS / WEIGHTS)) % ITEMS;
                        values[i] = (float) (random.nextGaussian() / 20);
                    }
                },
                new ItemsNote("random", 0.4, "item_id", fields, rows, counts, counts).json());
    }

    private static void choose(KafkaBroker kafka)
            throws InvalidDeclarationException, InterruptedException, ExecutionException, EvaluationException {
        Instant now = Instant.now();
        List<Interactions.Interaction> chosen = IntStream.range(0, HISTORY)
                .mapToObj(i -> new Interactions.Interaction(
                        USER, "p" + i * 197 % ITEMS, now.minusSeconds((HISTORY - i) * 40_000L)))
                .toList();
        try (Interactions interactions = new Interactions(kafka, PIPELINE)) {
            interactions.of("user_id", USER, chosen);
        }
    }

    private static void requireHistory(Served served) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(served.address("/predict")))
                                .version(HttpClient.Version.HTTP_1_1)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        ASKED.replaceFirst("\\{", "{\"features\": true, ")))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        String body = answer.body();
        int kept = body.substring(Math.max(0, body.indexOf("\"history\":["))).split("\"p").length - 1;
        if (!body.contains("\"basis\":\"history\"") || !body.contains("because_of") || kept < HISTORY) {
            throw new IllegalStateException("no list of a history of " + HISTORY + ": " + body);
        }
    }

    private interface Asking {
        Wrk.Load load() throws IOException, InterruptedException;
    }

    private Line load(Wrk wrk, Served served, int asking) throws IOException, InterruptedException {
        return line(Integer.toString(asking), served, () -> wrk.load(served.address("/predict"), asking, seconds));
    }

    private Line load(Paced paced, Served served) throws IOException, InterruptedException {
        return line(
                String.format(Locale.ROOT, "%d, %,d a second", connections, PER_SECOND),
                served,
                () -> paced.load(served.address("/predict"), connections, PER_SECOND, seconds));
    }

    private Line line(String name, Served served, Asking asking) throws IOException, InterruptedException {
        long before = served.cpu().toNanos();
        Wrk.Load load = asking.load();
        double cpu = (served.cpu().toNanos() - before) / 1e3 / (load.requestsPerSecond() * seconds);
        return new Line(name, load.requestsPerSecond(), load.medianMillis(), load.p99Millis(), cpu);
    }

    /** All columns of one round: those of several would not go together. */
    private static Line median(List<Line> lines) {
        return lines.stream()
                .sorted(Comparator.comparingDouble(Line::p99Millis))
                .skip((lines.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }

    /** The graph in a loop on one thread, for one history after another. */
    private static double graphMicros(byte[] onnx) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Random random = new Random(3);
        boolean[] allowed = new boolean[ITEMS];
        Arrays.fill(allowed, true);
        float[] weights = new float[HISTORY];
        for (int i = 0; i < HISTORY; i++) {
            weights[i] = (float) Math.pow(1 + i, -0.4);
        }
        try (OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(onnx, options);
                OnnxTensor k = OnnxTensor.createTensor(environment, new long[] {10});
                OnnxTensor exclude = OnnxTensor.createTensor(environment, new boolean[] {true});
                OnnxTensor all = OnnxTensor.createTensor(environment, allowed);
                OnnxTensor each = OnnxTensor.createTensor(environment, weights)) {
            return micros(() -> {
                try (OnnxTensor items = OnnxTensor.createTensor(
                                environment, random.longs(HISTORY, 0, ITEMS).toArray());
                        OrtSession.Result result = session.run(
                                Map.of(
                                        "items",
                                        items,
                                        "weights",
                                        each,
                                        "k",
                                        k,
                                        "exclude_seen",
                                        exclude,
                                        "allowed",
                                        all),
                                java.util.Set.of("top_items", "top_scores", "because", "effects"))) {
                    return result.size();
                }
            });
        }
    }

    /** 50 weights by 50 full rows of 10,000, in the processor's own vectors: what no list over all items goes without. */
    private static double productMicros() throws OrtException {
        float[] matrix = new float[HISTORY * ITEMS];
        float[] weights = new float[HISTORY];
        Random random = new Random(5);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = random.nextFloat();
        }
        for (int i = 0; i < HISTORY; i++) {
            weights[i] = random.nextFloat();
        }
        FloatBuffer scores = FloatBuffer.allocate(ITEMS);
        return micros(() -> {
            float[] sum = scores.array();
            Arrays.fill(sum, 0);
            for (int row = 0; row < HISTORY; row++) {
                float weight = weights[row];
                int at = row * ITEMS;
                for (int item = 0; item < ITEMS; item++) {
                    sum[item] += weight * matrix[at + item];
                }
            }
            return (int) sum[17];
        });
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    private interface Call {
        int run() throws OrtException;
    }

    private static double micros(Call call) throws OrtException {
        List<Double> micros = new ArrayList<>();
        int seen = 0;
        for (int round = 0; round < 4; round++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int i = 0; i < CALLS; i++) {
                seen += call.run();
            }
            double each = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3 / CALLS;
            if (round > 0) {
                micros.add(each);
            }
        }
        if (seen == Integer.MIN_VALUE) {
            throw new IllegalStateException("so that nothing is left out");
        }
        return micros.stream()
                .sorted(Comparator.naturalOrder())
                .skip(1)
                .findFirst()
                .orElseThrow();
    }
}
