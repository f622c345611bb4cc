package dev.millrace.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.models.RegistryClient;
import dev.millrace.local.process.Launch;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Trains from a stack's warehouse by the command that people use, in a process of its own, and puts the version to use.
 *
 * @param stack the stack
 * @param declaration the pipeline's file
 * @param model the model's name
 * @param alias the alias that the pipeline scores with
 * @param reports the folder of the trainings' reports
 * @param quick whether one candidate of each kind is enough
 * @param seed the seed of what is random in learning
 * @param progress told each line that the training says
 */
record TrainingRun(
        Stack stack,
        Path declaration,
        String model,
        String alias,
        Path reports,
        boolean quick,
        long seed,
        Consumer<String> progress) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SERVED_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 200;

    /**
     * A version that the alias stands for, and that {@code /predict} answers with.
     *
     * @param before the first day of what it is to score
     * @param question an event that is asked for until that version answers
     * @throws RehearsalException if the training fails, or the version is not served
     */
    Trained trained(LocalDate before, JsonNode question) {
        train(before);
        RegistryClient registry = new RegistryClient(stack.address(Service.MODEL), Optional.empty());
        String version = registry.model(model).at("/aliases/challenger").asText();
        registry.promote(model, alias, version, Map.of("by", "rehearsal", "why", "to score the days from " + before));
        awaitServed(version, question);
        return Trained.of(registry.version(model, version));
    }

    private void train(LocalDate before) {
        List<String> command = new ArrayList<>(List.of(
                Launch.java(),
                "-XX:+UseParallelGC",
                "-Xmx4g",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dslf4j.internal.verbosity=ERROR",
                "dev.millrace.training.command.TrainingCommands",
                "train",
                declaration.toString(),
                "--latest",
                "--registry",
                stack.address(Service.MODEL).toString(),
                "--report",
                reports.resolve(before.toString()).toString(),
                "--seed",
                Long.toString(seed)));
        if (quick) {
            command.add("--quick");
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "CLASSPATH", System.getProperty("java.class.path"),
                        "QUARKUS_DATASOURCE_JDBC_URL", stack.postgres().jdbcUrl(),
                        "QUARKUS_DATASOURCE_USERNAME", stack.postgres().user(),
                        "QUARKUS_DATASOURCE_PASSWORD", stack.postgres().password()));
        Process process = null;
        try {
            process = builder.start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    progress.accept(line);
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new RehearsalException(
                        "the training before " + before + " failed (exit code " + code + "); its lines above say why");
            }
        } catch (IOException e) {
            throw new RehearsalException("no training can be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RehearsalException("interrupted while training", e);
        } finally {
            if (process != null) {
                process.destroy();
            }
        }
    }

    private void awaitServed(String version, JsonNode question) {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        body.putArray("inputs").add(question);
        URI predict = stack.address(Service.MODEL).resolve("/predict");
        HttpRequest request = HttpRequest.newBuilder(predict)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        long start = System.nanoTime();
        String answer = "";
        try {
            while (!JSON.readTree(answer).path("version").asText().equals(version)) {
                if (System.nanoTime() - start > SERVED_WITHIN.toNanos()) {
                    throw new RehearsalException(predict + " does not answer with version " + version + " after "
                            + SERVED_WITHIN.toSeconds() + " s; its last answer: " + answer);
                }
                TimeUnit.MILLISECONDS.sleep(answer.isEmpty() ? 0 : LOOK_EVERY_MILLIS);
                answer = client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body();
            }
        } catch (IOException e) {
            throw new RehearsalException(predict + " can not be asked: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RehearsalException("interrupted while waiting for version " + version, e);
        }
    }
}
