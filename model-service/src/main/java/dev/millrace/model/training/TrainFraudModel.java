package dev.millrace.model.training;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import io.github.metarank.lightgbm4j.LGBMException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Trains version 1 of the card-fraud example's model into its folder. From the top of the repository:
 *
 * <pre>{@code ./mvnw -q -pl model-service compile exec:java -Dexec.classpathScope=compile \
 *     -Dexec.mainClass=dev.millrace.model.training.TrainFraudModel -Dexec.args=examples/card-fraud}</pre>
 *
 * <p>The arguments are the example's folder and, if you have it, the Handbook's file of transactions, to test on its
 * protocol's week as well. The same code gives the same {@code model.onnx}; {@code SOURCE_DATE_EPOCH} fixes
 * {@code createdAt} too.
 */
public final class TrainFraudModel {
    private static final long SEED = 20_180_401;
    private static final int TRAINING_DAYS = 28;
    private static final LocalDate HANDBOOK_TEST = LocalDate.of(2018, 8, 8);
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private TrainFraudModel() {}

    /** Trains, tests, writes, prints the measures. */
    public static void main(String[] arguments)
            throws IOException, InvalidDeclarationException, LGBMException, OrtException {
        if (arguments.length < 1) {
            throw new IllegalArgumentException("expected the folder of the example, and maybe the Handbook's file");
        }
        Path example = Path.of(arguments[0]);
        Path declaration = example.resolve("pipeline.yaml");
        Pipeline pipeline = Pipeline.of(DeclarationReader.read(declaration.toString(), Files.readString(declaration)));

        FraudTraining training = new FraudTraining(SEED, 5_000, 10_000, TRAINING_DAYS);
        FraudTraining.Result result = training.run(pipeline, "1", createdAt());
        ModelDescription description = result.description();
        Path model = example.resolve("models").resolve(description.name());
        Path version = Files.createDirectories(model.resolve(description.version()));
        Files.write(version.resolve("model.onnx"), result.onnx());
        Files.writeString(version.resolve("model.json"), JSON.writeValueAsString(description) + "\n");
        Files.writeString(
                model.resolve("aliases.json"),
                JSON.writeValueAsString(Map.of("champion", description.version())) + "\n");

        System.out.println(description.trainedOn());
        System.out.println(description.metrics());
        System.out.println("largest difference to LightGBM's own scores: " + result.largestDifference());
        if (arguments.length > 1) {
            System.out.println("on the Handbook's week from " + HANDBOOK_TEST + ": "
                    + testOnHandbook(Path.of(arguments[1]), pipeline, result));
        }
    }

    private static Map<String, Double> testOnHandbook(Path file, Pipeline pipeline, FraudTraining.Result result)
            throws IOException, OrtException {
        LocalDate endOfTraining = HANDBOOK_TEST.minusDays(TestWeek.DELAY);
        LocalDate from = endOfTraining.minusDays(TestWeek.DAYS);
        Samples samples = new SampleMaker(pipeline, FraudTraining.FEATURES, from)
                .of(HandbookFile.read(file, from, HANDBOOK_TEST.plusDays(TestWeek.DAYS)));
        Samples week = TestWeek.after(TestWeek.DAYS, samples);
        try (OnnxScorer scorer = OnnxScorer.load(result.onnx(), FraudTraining.FEATURES.size())) {
            return Evaluation.of(
                    week,
                    scorer.score(week.values(), week.size()),
                    result.description().threshold());
        }
    }

    /** See reproducible-builds.org/specs/source-date-epoch. */
    private static Instant createdAt() {
        return Optional.ofNullable(System.getenv("SOURCE_DATE_EPOCH"))
                .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))
                .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
}
