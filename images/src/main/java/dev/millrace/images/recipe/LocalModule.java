package dev.millrace.images.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What was built of module {@code local}. */
public final class LocalModule {
    private static final Pattern JAR = Pattern.compile("local-[0-9][^/]*(?<!-sources|-tests|-javadoc)\\.jar");

    private LocalModule() {}

    /** The jars that it needs, without those of Millrace's own modules. */
    public static List<Path> classPath(Path home) {
        Path file = home.resolve("local/target/millrace.classpath");
        try {
            return Arrays.stream(Files.readString(file).strip().split(":"))
                    .map(Path::of)
                    .filter(entry -> entry.getFileName().toString().endsWith(".jar"))
                    .filter(entry -> !entry.toString().contains("dev/millrace/"))
                    .filter(entry -> !entry.startsWith(home))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be read; ./millrace images builds it", e);
        }
    }

    static Layer layer(Path home) throws IOException {
        return new Layer("app", List.of(Layer.Entry.file(jar(home), Recipe.HOME + "/app/local.jar")));
    }

    static Path bom(Path home) {
        return home.resolve("local/target/local-bom.json");
    }

    private static Path jar(Path home) throws IOException {
        Path target = home.resolve("local/target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(
                            file -> JAR.matcher(file.getFileName().toString()).matches())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            target + " has no jar of module local; ./millrace images builds it"));
        }
    }
}
