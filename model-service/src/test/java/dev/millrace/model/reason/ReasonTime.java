package dev.millrace.model.reason;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Measures what exact reasons of a row cost. From model-service, after {@code mvn test-compile}:
 *
 * <pre>{@code ../mvnw -q exec:exec -Dexec.executable=java -Dexec.classpathScope=test \
 *     -Dexec.args="-cp %classpath dev.millrace.model.reason.ReasonTime ../examples/card-fraud/models/card-fraud/1/model.onnx 53"}</pre>
 */
final class ReasonTime {
    private static final int RUNS = 6;
    private static final int ROWS = 20_000;

    private ReasonTime() {}

    /** Prints a line a run. The arguments are an ONNX file and how many features it takes. */
    public static void main(String[] arguments) throws Exception {
        int width = Integer.parseInt(arguments[1]);
        Explainer explainer = ModelGraph.of(Files.readAllBytes(Path.of(arguments[0])))
                .explainer(new double[width])
                .orElseThrow();
        Random random = new Random(1);
        float[] rows = new float[1_000 * width];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) Math.exp(random.nextGaussian() * 2);
        }
        double sum = 0;
        for (int run = 0; run < RUNS; run++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int row = 0; row < ROWS; row++) {
                sum += explainer.effects(rows, row % 1_000 * width)[0];
            }
            System.out.printf(
                    "%s: %.1f µs of CPU a row%n",
                    explainer.method(),
                    (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3 / ROWS);
        }
        System.out.println(sum);
    }
}
