package dev.millrace.model.stream;

import dev.millrace.model.CardFraud;
import dev.millrace.model.registry.OpenModels;
import java.io.IOException;
import java.nio.file.Path;

/** One worker in a process of its own, so that a test can kill it. */
final class ScoringProcess {
    private ScoringProcess() {}

    /** Starts such a process for the pipeline of that name. */
    static Process start(String pipeline, String bootstrapServers) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                ScoringProcess.class.getName(),
                pipeline,
                bootstrapServers);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Scores until it is killed. */
    public static void main(String[] arguments) {
        Workers.of(CardFraud.pipeline(arguments[0]), OpenModels.in(CardFraud.MODELS), "killed", 100, arguments[1])
                .start();
    }
}
