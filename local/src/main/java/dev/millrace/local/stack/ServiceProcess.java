package dev.millrace.local.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Life;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One service as a process that is started, killed and started again, always on the same port. Not thread-safe. */
final class ServiceProcess {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(3);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(25);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(ANSWERS_WITHIN).build();

    private final Service service;
    private final Path jar;
    private final int port;
    private final Life life;
    private final Map<String, String> environment;
    private final Path log;
    private Process process;
    private boolean wanted;

    ServiceProcess(Service service, Path jar, int port, Life life, Map<String, String> environment, Path log) {
        this.service = service;
        this.jar = jar;
        this.port = port;
        this.life = life;
        this.environment = environment;
        this.log = log;
    }

    Service service() {
        return service;
    }

    Path log() {
        return log;
    }

    URI address() {
        return URI.create("http://localhost:" + port);
    }

    void start() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        variables.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        process = new Launch(command(), variables, log).start();
        wanted = true;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Launch.java());
        command.addAll(life.options());
        command.add("-Xmx" + service.heapMegabytes() + "m");
        // On two cores a collector without threads of its own leaves the most to the services.
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+ExitOnOutOfMemoryError");
        // RocksDB and ONNX Runtime are native; from JDK 24 on that is warned of without this.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-jar");
        command.add(jar.toString());
        return command;
    }

    /** Its process, dead or alive; null before the first start. */
    ProcessHandle process() {
        return process == null ? null : process.toHandle();
    }

    /** Whether it should run and does not. */
    boolean hasDied() {
        return wanted && !process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    void kill() {
        wanted = false;
        Stop.now(process.toHandle());
    }

    /** Begins to end; {@link #stop()} waits for it. */
    void askToStop() {
        wanted = false;
        if (process != null) {
            process.destroy();
        }
    }

    void stop() {
        wanted = false;
        if (process != null && process.isAlive()) {
            Stop.inOrder(process.toHandle(), STOPS_WITHIN);
        }
    }

    boolean isReady() {
        return health().map(HttpResponse::statusCode)
                .filter(status -> status == 200)
                .isPresent();
    }

    /** What the service says of its readiness, for people. */
    String readiness() {
        return health().map(HttpResponse::body).orElse("nothing at " + address());
    }

    /** What pipelines wait for while the service is ready, by their names, as that of model-service may say. */
    Map<String, String> waiting() {
        Map<String, String> waiting = new TreeMap<>();
        health().map(HttpResponse::body).map(ServiceProcess::parsed).ifPresent(health -> {
            for (JsonNode check : health.path("checks")) {
                check.path("data").properties().forEach(entry -> {
                    if (entry.getValue().asText().startsWith("waits for ")) {
                        waiting.put(entry.getKey(), entry.getValue().asText());
                    }
                });
            }
        });
        return waiting;
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new StackException("readiness is no JSON: " + json, e);
        }
    }

    private Optional<HttpResponse<String>> health() {
        HttpRequest request = HttpRequest.newBuilder(address().resolve("/q/health/ready"))
                .timeout(ANSWERS_WITHIN)
                .build();
        try {
            return Optional.of(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException notYet) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
