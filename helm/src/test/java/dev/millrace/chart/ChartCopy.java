package dev.millrace.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The chart in a folder of its own, with its templates changed. */
final class ChartCopy {
    /** What stands for {@code helm.sh/hook} in a copy. */
    static final String HOOK = "hook.example.com/hook";

    private static Path withHooks;

    private ChartCopy() {}

    /** A chart whose hooks are objects like all others: rendering leaves hooks out. */
    static synchronized Path withHooks() {
        if (withHooks == null) {
            withHooks = changed(template -> template.replace("\"helm.sh/hook", "\"hook.example.com/hook"));
        }
        return withHooks;
    }

    /** A copy whose templates were changed by that. */
    static Path changed(UnaryOperator<String> change) {
        try {
            Path copy = Files.createTempDirectory(Path.of("target"), "chart").resolve("millrace");
            try (Stream<Path> files = Files.walk(Repository.CHART)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path relative = Repository.CHART.relativize(file);
                    String text = Files.readString(file);
                    Repository.write(
                            copy.resolve(relative), relative.startsWith("templates") ? change.apply(text) : text);
                }
            }
            return copy.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
