package dev.millrace.model.retraining;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Runs a program of this machine, one for a pipeline at a time. What it prints goes to the service's log. It outlives
 * nothing: when the service ends in order, its trainings are ended.
 */
final class CommandStarter implements Starter, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CommandStarter.class);

    private final List<String> command;
    private final String registry;
    private final Map<String, Process> running = new ConcurrentHashMap<>();

    CommandStarter(List<String> command, String registry) {
        this.command = List.copyOf(command);
        this.registry = registry;
    }

    @Override
    public boolean isTraining(String pipeline) {
        Process process = running.get(pipeline);
        return process != null && process.isAlive();
    }

    @Override
    public String start(String pipeline, Consumer<String> failed) throws StartException {
        List<String> words = command.stream()
                .map(word -> word.replace("{pipeline}", pipeline).replace("{registry}", registry))
                .toList();
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            running.put(pipeline, process);
            Thread reader = new Thread(() -> follow(pipeline, process, failed), "training-" + pipeline);
            reader.setDaemon(true);
            reader.start();
            return String.join(" ", words);
        } catch (IOException e) {
            throw new StartException("millrace.retraining.command can not be run: " + e.getMessage(), e);
        }
    }

    private static void follow(String pipeline, Process process, Consumer<String> failed) {
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.infof("training of %s: %s", pipeline, line);
                last = line.isBlank() ? last : line.strip();
            }
            int code = process.waitFor();
            if (code != 0) {
                failed.accept("it ended with code " + code + ": " + last);
            }
        } catch (IOException e) {
            failed.accept("what it prints can not be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroy);
    }
}
