package dev.millrace.model.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Makes very many predictions, one row a call, with each of the exported models in turn, and prints how much memory the
 * process holds. From model-service, after {@code mvn test-compile}:
 *
 * <pre>{@code ../mvnw -q exec:exec -Dexec.executable=java -Dexec.classpathScope=test \
 *     -Dexec.args="-Xmx128m -cp %classpath dev.millrace.model.inference.NativeMemory 1000000"}</pre>
 */
final class NativeMemory {
    private static final int STEPS = 10;

    private NativeMemory() {}

    /** Prints a line a tenth; ends with 1 if memory grew by more than a tenth after the first of them. */
    public static void main(String[] arguments) throws Exception {
        int predictions = Integer.parseInt(arguments[0]);
        Batching batching = new Batching(new RunQueue.Limits(256, 512, 2), Runnable::run);
        List<OnnxScorer> scorers = new ArrayList<>();
        for (String name : List.of(
                "sklearn-classifier-zipmap",
                "sklearn-classifier-tensor",
                "sklearn-classifier-text-labels",
                "sklearn-regressor-double",
                "sklearn-regressor-int64",
                "sklearn-pipeline-named-inputs",
                "sklearn-pipeline-text-tensor",
                "xgboost-classifier",
                "lightgbm-classifier-zipmap",
                "lightgbm-ranker")) {
            int features = name.endsWith("text-tensor") ? 2 : 3;
            scorers.add(OnnxScorer.load(ExportedModelsTest.onnx(name), features));
        }
        long warm = 0;
        for (int step = 1; step <= STEPS; step++) {
            for (int i = 0; i < predictions / STEPS; i++) {
                OnnxScorer scorer = scorers.get(i % scorers.size());
                Object[] row = new Object[scorer.features()];
                Arrays.fill(row, (long) (i % 50));
                scorer.score(row, 1, batching.until(Deadline.in(Duration.ofSeconds(30))));
            }
            long resident = residentKilobytes();
            warm = step == 1 ? resident : warm;
            System.out.printf(
                    Locale.ROOT, "%,11d predictions: %,d KiB resident%n", predictions / STEPS * step, resident);
        }
        System.exit(residentKilobytes() <= warm * 1.1 ? 0 : 1);
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
