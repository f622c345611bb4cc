package dev.millrace.bench.serving;

import ai.onnxruntime.OrtException;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Loads {@code /predict}, with reasons and without, and the bare endpoint in turns, so that whatever else the machine does
 * meets all of them alike.
 */
public final class Serving {
    private static final int TREES = 100;
    private static final int DEPTH = 6;
    private static final int WIDTH = 5;
    private static final int CALLS = 100_000;

    private static final String BODY =
            "{\"model\": \"card-fraud\", \"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}";

    private final Path home;
    private final int rounds;
    private final int seconds;
    private final int connections;

    /**
     * What was measured in one round; of several, in that with the median of requests/s.
     *
     * @param what which of them it was
     * @param requestsPerSecond how many requests were answered
     * @param p99Millis what 99 of 100 took at most
     * @param cpuMicros the process's processor time a request
     */
    public record Line(String what, double requestsPerSecond, double p99Millis, double cpuMicros) {}

    /**
     * All of it.
     *
     * @param loopMicros processor time a row of ONNX Runtime in a bare loop
     */
    public record Result(
            List<Line> lines, double loopMicros, Warmed warmed, int rounds, int seconds, int connections) {}

    /** Measures so many rounds of so many seconds each, after some that warm up. */
    public Serving(Path home, int rounds, int seconds, int connections) {
        this.home = home;
        this.rounds = rounds;
        this.seconds = seconds;
        this.connections = connections;
    }

    /** Measures. */
    public Result measure() throws IOException, InterruptedException, OrtException {
        Path folder = Files.createDirectories(home.resolve(".millrace/bench-serving"));
        byte[] forest = Forest.of(TREES, DEPTH, WIDTH);
        double loop = BareLoop.microsPerRow(forest, new float[] {310, 0, 1, 5.7f, 3}, CALLS);
        Wrk wrk = new Wrk(folder, BODY);
        try (KafkaBroker kafka = KafkaBroker.start(folder.resolve("kafka"), 0, Life.LONG);
                Served with = Served.model(home, folder, kafka, forest, Map.of());
                Served without = Served.model(home, folder, kafka, forest, Map.of("MILLRACE_PREDICT_REASONS", "0"));
                Served bare = Served.bare(home, folder)) {
            Map<String, Served> all = new java.util.LinkedHashMap<>();
            all.put("bare endpoint", bare);
            all.put("/predict, no reasons", without);
            all.put("/predict, three reasons", with);
            Map<String, List<Line>> measured = new java.util.LinkedHashMap<>();
            WarmUp warmUp = new WarmUp(all.size());
            while (warmUp.goesOn()) {
                double[] rates = new double[all.size()];
                int place = 0;
                for (Map.Entry<String, Served> each : all.entrySet()) {
                    rates[place++] = load(wrk, each.getKey(), each.getValue()).requestsPerSecond();
                }
                warmUp.round(rates);
                System.out.println("  " + warmUp);
            }
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Served> each : all.entrySet()) {
                    Line line = load(wrk, each.getKey(), each.getValue());
                    System.out.println("  " + line);
                    measured.computeIfAbsent(each.getKey(), key -> new ArrayList<>())
                            .add(line);
                }
            }
            return new Result(
                    measured.values().stream().map(Serving::median).toList(),
                    loop,
                    warmUp.warmed(),
                    rounds,
                    seconds,
                    connections);
        }
    }

    private Line load(Wrk wrk, String what, Served served) throws IOException, InterruptedException {
        long before = served.cpu().toNanos();
        Wrk.Load load = wrk.load(served.address("/predict"), connections, seconds);
        double cpu = (served.cpu().toNanos() - before) / 1e3 / (load.requestsPerSecond() * seconds);
        return new Line(what, load.requestsPerSecond(), load.p99Millis(), cpu);
    }

    /** All columns of one round: those of several would not go together. */
    private static Line median(List<Line> lines) {
        return lines.stream()
                .sorted(Comparator.comparingDouble(Line::requestsPerSecond))
                .skip((lines.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }
}
