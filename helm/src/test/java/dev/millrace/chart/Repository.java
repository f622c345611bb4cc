package dev.millrace.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where things are. What is generated is written with {@code -Dmillrace.docs=write}. */
final class Repository {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path CHART = ROOT.resolve("helm/millrace");
    static final boolean WRITE = "write".equals(System.getProperty("millrace.docs"));
    static final String HOW_TO_WRITE = "run ./mvnw -pl helm test -Dmillrace.docs=write";

    private Repository() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of that ending in that folder; none where there is no folder. */
    static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values files that stand for how the chart is used. */
    static List<Path> scenarios() {
        return Stream.concat(
                        files(CHART.resolve("ci"), "-values.yaml").stream(),
                        Stream.of(CHART.resolve("values-production.yaml")))
                .toList();
    }
}
