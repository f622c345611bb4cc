package dev.millrace.images.recipe;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The module {@code training} in the model service's image: a folder of jars of its own, of those that the service does not
 * have. The service's class path does not name it, so that what serves carries no learner; a Job's does.
 */
final class TrainingModule {
    private static final String AT = Recipe.HOME + "/training";
    /** What development environments start, which Quarkus's own packaging leaves out as well. */
    private static final String FOR_DEVELOPMENT = "quarkus-ide-launcher-";

    private static final Pattern JAR = Pattern.compile("training-(?!.*(tests|sources|javadoc)).*\\.jar");

    private TrainingModule() {}

    static Layer layer(Path home, Path app, LinuxJars jars) throws IOException {
        Path target = home.resolve("training/target");
        Path classPath = target.resolve("training.classpath");
        if (!Files.exists(classPath)) {
            throw new IllegalStateException(classPath + " is not there; ./millrace images builds it");
        }
        String served = names(app.resolve("lib/main")) + "\n" + names(app.resolve("lib/boot"));
        List<Layer.Entry> entries = new ArrayList<>();
        entries.add(Layer.Entry.file(jar(target), AT + "/training.jar"));
        for (String path : Files.readString(classPath).strip().split(File.pathSeparator)) {
            Path jar = Path.of(path);
            String name = jar.getFileName().toString();
            // The service's jars have their groups before their names; its own classes are elsewhere in the image.
            boolean needless = name.startsWith("model-service-")
                    || name.startsWith(FOR_DEVELOPMENT)
                    || served.contains("." + name + "\n");
            if (!needless) {
                entries.add(Layer.Entry.file(jars.of(jar), AT + "/" + name));
            }
        }
        return new Layer("training", entries);
    }

    private static String names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> "." + file.getFileName() + "\n").sorted().collect(Collectors.joining());
        }
    }

    private static Path jar(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(
                            file -> JAR.matcher(file.getFileName().toString()).matches())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            target + " has no jar of module training; ./millrace images builds it"));
        }
    }
}
