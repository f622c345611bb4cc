package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A command of {@code ./millrace} as a process, as a person runs it. What is built is built already. */
final class Cli implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String MILLRACE = "dev.millrace.local.command.Millrace";
    private static final String REHEARSE = "dev.millrace.rehearsal.RehearseCommand";

    /** What a command that came to its end said. */
    record Ran(int exit, String output) {}

    private final Process process;
    private final Path output;

    private Cli(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static Cli start(String... arguments) throws IOException {
        boolean rehearse = arguments[0].equals("rehearse");
        List<String> command = new ArrayList<>(
                List.of(Launch.java(), "-Dmillrace.home=" + Stacks.home(), rehearse ? REHEARSE : MILLRACE));
        command.addAll(List.of(arguments).subList(rehearse ? 1 : 0, arguments.length));
        Path output = Files.createTempFile("millrace-" + arguments[0], ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return new Cli(builder.start(), output);
    }

    static Ran run(String... arguments) throws Exception {
        try (Cli command = start(arguments)) {
            return command.ended();
        }
    }

    Cli awaitLine(String part) {
        Awaitility.await(part)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> said().contains(part) || !process.isAlive());
        assertThat(said()).contains(part);
        return this;
    }

    /** As a plain {@code kill} does, and Ctrl-C, which what runs in the background may be deaf to. */
    Ran stop() throws Exception {
        Stop.inOrder(process.toHandle(), PATIENCE);
        return ended();
    }

    Ran ended() throws Exception {
        return ended(PATIENCE);
    }

    Ran ended(Duration patience) throws Exception {
        assertThat(process.waitFor(patience.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended; it said: %s", said())
                .isTrue();
        return new Ran(process.exitValue(), said());
    }

    private String said() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Stop.inOrder(process.toHandle(), PATIENCE);
        Files.delete(output);
    }
}
