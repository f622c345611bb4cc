package dev.millrace.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process to be started. What it writes goes to the end of its log. A Ctrl-C on the terminal does not reach it: who
 * started it ends it, in order.
 *
 * @param command the program and its arguments
 * @param environment what is added to this process's environment; secrets go here and not among the arguments
 * @param log where its output goes; its folder is made if absent
 */
public record Launch(List<String> command, Map<String, String> environment, Path log) {
    /** The java of this process's own JDK. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * Starts it.
     *
     * @throws UncheckedIOException if there is no such program or the log can not be written
     */
    public Process start() {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(isWindows() ? command : shielded(command));
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File(isWindows() ? "NUL" : "/dev/null")));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("can not be started: " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    /** A terminal sends its signals to the whole group; those that are ignored stay so in the program that follows. */
    private static List<String> shielded(List<String> command) {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
        all.addAll(command);
        return all;
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }
}
