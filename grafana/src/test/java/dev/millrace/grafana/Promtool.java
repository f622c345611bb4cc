package dev.millrace.grafana;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prometheus' own checker, where it is installed ({@code apt-get install prometheus}). A test that needs it is skipped where it
 * is not, unless the environment says {@code MILLRACE_PROMTOOL=required}, as continuous integration does: then it fails.
 */
record Promtool(Path program) {
    record Said(int exit, String output) {}

    /** The checker; the test that asks ends here where there is none. */
    static Promtool here() {
        Optional<Promtool> found = find();
        if (found.isEmpty() && "required".equals(System.getenv("MILLRACE_PROMTOOL"))) {
            throw new AssertionError(
                    "promtool is not on the PATH, and MILLRACE_PROMTOOL=required: apt-get install prometheus");
        }
        assumeTrue(found.isPresent(), "promtool is not installed");
        return found.get();
    }

    private static Optional<Promtool> find() {
        for (String folder : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            Path program = Path.of(folder, "promtool");
            if (Files.isExecutable(program)) {
                return Optional.of(new Promtool(program));
            }
        }
        return Optional.empty();
    }

    Said run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), output);
    }
}
