package dev.millrace.images.recipe;

import dev.millrace.local.stack.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One of the four services, as Quarkus laid it out. */
public final class ServiceRecipe {
    /** Where the service's libraries are, by the name of the group and the artifact. */
    private static final Predicate<Path> OURS =
            jar -> jar.getFileName().toString().startsWith("dev.millrace.");

    private ServiceRecipe() {}

    /**
     * The recipe of that service.
     *
     * @param home the folder of the sources
     * @param output the folder below the module's {@code target} into which it was built
     * @param architecture the processor that the image is for, as images name it
     * @param work a folder for what is made on the way
     */
    public static Recipe of(Path home, Service service, String output, String architecture, Path work)
            throws IOException {
        Path module = home.resolve(service.label() + "-service");
        Path app = module.resolve("target").resolve(output);
        if (!Files.exists(app.resolve("quarkus-run.jar"))) {
            throw new IllegalStateException(app + " is not there; ./millrace images builds it");
        }
        return new Recipe(
                service.label(),
                "Millrace " + service.label(),
                description(service),
                service.defaultPort(),
                List.of("-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED"),
                List.of("-jar", Recipe.HOME + "/quarkus-run.jar"),
                environment(service),
                layers(home, service, app, new LinuxJars(architecture, work)),
                module.resolve("target/" + service.label() + "-service-bom.json"));
    }

    private static String description(Service service) {
        return switch (service) {
            case INGEST -> "Sources in, raw events out.";
            case TRANSFORM -> "Raw events in, clean ones out.";
            case MODEL -> "Clean events in, scored ones out; answers POST /predict.";
            case LOAD -> "Clean or scored events in, rows of the warehouse out.";
        };
    }

    private static Map<String, String> environment(Service service) {
        Map<String, String> environment = new HashMap<>();
        // The heap grows to this share of the container's memory; the rest is for threads, buffers and native parts.
        environment.put("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=70");
        environment.put("MILLRACE_LOG_JSON", "true");
        environment.put("MILLRACE_PIPELINES_DIR", "/etc/millrace/pipelines");
        switch (service) {
            case INGEST -> environment.put("MILLRACE_DATA_DIR", Recipe.STATE + "/data");
            case TRANSFORM -> environment.put("MILLRACE_STREAMS_STATE_DIR", Recipe.STATE + "/streams");
            case MODEL -> {
                environment.put("MILLRACE_MODELS_DIR", Recipe.HOME + "/models");
                environment.put("MILLRACE_FEATURES_DIR", Recipe.STATE + "/features");
            }
            case LOAD -> {
                // Keeps nothing of its own.
            }
        }
        return environment;
    }

    private static List<Layer> layers(Path home, Service service, Path app, LinuxJars jars) throws IOException {
        String at = Recipe.HOME;
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.of("libraries", app.resolve("lib/main"), at + "/lib/main", OURS.negate())
                .with(jars::of));
        List<Layer.Entry> boot = new ArrayList<>(
                Layer.of("boot", app.resolve("lib/boot"), at + "/lib/boot").entries());
        boot.add(Layer.Entry.file(app.resolve("quarkus-run.jar"), at + "/quarkus-run.jar"));
        layers.add(new Layer("boot", boot));
        if (service == Service.MODEL) {
            layers.add(TrainingModule.layer(home, app, jars));
            layers.add(Layer.of("models", home.resolve("examples/card-fraud/models"), at + "/models"));
        }
        layers.add(Layer.of("quarkus", app.resolve("quarkus"), at + "/quarkus"));
        List<Layer.Entry> ours =
                new ArrayList<>(Layer.of("app", app.resolve("app"), at + "/app").entries());
        ours.addAll(
                Layer.of("app", app.resolve("lib/main"), at + "/lib/main", OURS).entries());
        layers.add(new Layer("app", ours));
        return layers;
    }
}
