package dev.millrace.bench.serving;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service's process, ready to be asked: model-service with a model of its own and a broker, or the bare endpoint. */
final class Served implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path log;
    private final int port;

    private Served(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** model-service with a pipeline of amount and time alone and, as its champion, that model of its five features. */
    static Served model(Path home, Path folder, KafkaBroker kafka, byte[] onnx, Map<String, String> more)
            throws IOException, InterruptedException {
        Path models = folder.resolve("models");
        Path version = Files.createDirectories(models.resolve("card-fraud/1"));
        ObjectNode description = (ObjectNode) JSON.readTree(
                AmountAndTime.models(home).resolve("card-fraud/1/model.json").toFile());
        description.put("sha256", sha256(onnx));
        Files.write(version.resolve("model.onnx"), onnx);
        JSON.writeValue(version.resolve("model.json").toFile(), description);
        Files.writeString(models.resolve("card-fraud/aliases.json"), "{\"champion\": \"1\"}");
        Path pipelines = Files.createDirectories(folder.resolve("pipelines"));
        Files.copy(
                AmountAndTime.pipelines(home).resolve("pipeline.yaml"),
                pipelines.resolve("card-fraud.yaml"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Map<String, String> environment = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "MILLRACE_FEATURES_DIR", folder.resolve("features").toString(),
                "MILLRACE_MODELS_DIR", models.toString(),
                "MILLRACE_PIPELINES_DIR", pipelines.toString()));
        environment.putAll(more);
        return start(home.resolve("model-service"), folder.resolve("model.log"), environment, "/q/health/ready");
    }

    /** model-service with that pipeline and, as its model's champion, that file of a kind. */
    static Served of(Path home, Path folder, KafkaBroker kafka, String pipeline, String model, String kind, byte[] onnx)
            throws IOException, InterruptedException {
        Path models = folder.resolve("models");
        Path version = Files.createDirectories(models.resolve(model + "/1"));
        ObjectNode description = JSON.createObjectNode()
                .put("name", model)
                .put("version", "1")
                .put("kind", kind)
                .put("sha256", sha256(onnx));
        Files.write(version.resolve("model.onnx"), onnx);
        JSON.writeValue(version.resolve("model.json").toFile(), description);
        Files.writeString(models.resolve(model + "/aliases.json"), "{\"champion\": \"1\"}");
        Path pipelines = Files.createDirectories(folder.resolve("pipelines"));
        Files.writeString(pipelines.resolve("pipeline.yaml"), pipeline);
        return start(
                home.resolve("model-service"),
                folder.resolve("model.log"),
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                        "MILLRACE_FEATURES_DIR", folder.resolve("features").toString(),
                        "MILLRACE_MODELS_DIR", models.toString(),
                        "MILLRACE_PIPELINES_DIR", pipelines.toString()),
                "/q/health/ready");
    }

    /** The endpoint that computes nothing. */
    static Served bare(Path home, Path folder) throws IOException, InterruptedException {
        return start(home.resolve("bench-bare"), folder.resolve("bare.log"), Map.of(), "/");
    }

    private static Served start(Path module, Path log, Map<String, String> environment, String ready)
            throws IOException, InterruptedException {
        int port = FreePort.any();
        Map<String, String> all = new HashMap<>(environment);
        all.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        Process process = new Launch(
                        List.of(
                                Launch.java(),
                                "-Xmx384m",
                                "-XX:+UseSerialGC",
                                "-jar",
                                module.resolve("target/quarkus-app/quarkus-run.jar")
                                        .toString()),
                        all,
                        log)
                .start();
        Served served = new Served(process, log, port);
        served.await(ready);
        return served;
    }

    private void await(String path) throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address(path))).build();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status == 200 || status == 404) {
                    return;
                }
            } catch (IOException notYet) {
                // It does not listen yet.
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("a service did not get ready; see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    String address(String path) {
        return "http://localhost:" + port + path;
    }

    /** The processor time that it has used. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** How much memory it holds, heap and native together, in KiB. */
    long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        Stop.now(process.toHandle());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
