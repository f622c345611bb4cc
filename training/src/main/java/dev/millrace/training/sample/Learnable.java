package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.TrainingDeclaration;
import dev.millrace.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A pipeline of which a model can be trained. Immutable.
 *
 * @param pipeline the pipeline
 * @param model its model
 * @param training how it is trained
 */
public record Learnable(Pipeline pipeline, ModelReference model, TrainingDeclaration training) {
    private static final String CLUSTER = "kubernetes:";

    /**
     * The pipeline that a file declares.
     *
     * @throws InvalidDeclarationException with all of the file's mistakes
     * @throws TrainingException if it has no model
     */
    public static Learnable in(Path file) throws IOException, InvalidDeclarationException {
        return of(Pipeline.of(DeclarationReader.read(file.toString(), Files.readString(file))));
    }

    /**
     * The pipeline that a file declares; or, as {@code kubernetes:card-fraud}, a resource of the cluster's namespace; or, as
     * {@code card-fraud}, one that a file of the services' own folder declares.
     *
     * @throws InvalidDeclarationException with all of the declaration's mistakes
     * @throws TrainingException if it has no model, or there is no such resource
     */
    public static Learnable named(String name) throws IOException, InvalidDeclarationException {
        return name.startsWith(CLUSTER)
                ? of(Pipeline.of(DeclarationReader.read(name, PipelineResource.read(name.substring(CLUSTER.length())))))
                : in(Files.exists(Path.of(name)) ? Path.of(name) : ofServices(name));
    }

    /** Of the folder that the services read, the file that declares a pipeline of that name; else the name itself. */
    private static Path ofServices(String name) throws IOException {
        String folder = System.getenv("MILLRACE_PIPELINES_DIR");
        if (folder == null || !Files.isDirectory(Path.of(folder))) {
            return Path.of(name);
        }
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .filter(file -> declares(file, name))
                    .findFirst()
                    .orElse(Path.of(name));
        }
    }

    private static boolean declares(Path file, String name) {
        try {
            return DeclarationReader.read(file.toString(), Files.readString(file))
                    .metadata()
                    .name()
                    .equals(name);
        } catch (IOException | InvalidDeclarationException e) {
            return false;
        }
    }

    /** @throws TrainingException if it has no model */
    public static Learnable of(Pipeline pipeline) {
        ModelReference model = pipeline.declaration()
                .spec()
                .model()
                .orElseThrow(() -> new TrainingException(
                        "pipeline " + pipeline.name() + " has no model; declare spec.model.name to train one"));
        return new Learnable(pipeline, model, model.effectiveTraining());
    }

    /** The fields to learn from, in the model's order. */
    public List<String> features() {
        return training.features().isEmpty() ? FeatureNames.of(pipeline) : training.features();
    }

    /**
     * The name of the labels.
     *
     * @throws TrainingException if nothing says which
     */
    public String labels() {
        return knownLabels()
                .orElseThrow(
                        () -> new TrainingException("say in spec.model.training.labels which labels to learn; pipeline "
                                + pipeline.name() + " has "
                                + pipeline.declaration().spec().labels().keySet()));
    }

    private Optional<String> knownLabels() {
        Set<String> declared = pipeline.declaration().spec().labels().keySet();
        return training.labels()
                .or(() -> declared.size() == 1 ? declared.stream().findFirst() : Optional.empty());
    }

    /** Replays events, which carry their labels, through its transform. */
    public Replay replay() {
        return new Replay(pipeline, knownLabels().orElse(""), training.labelDelay());
    }

    /** Reads samples from its clean rows. */
    public SampleReader reader() {
        return new SampleReader(pipeline, features(), training.stake());
    }
}
