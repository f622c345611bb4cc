package dev.millrace.model.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads versions from an MLflow server's registry, by the addresses that MLflow itself uses: {@code models:/name@alias} and
 * {@code models:/name/version}. What its run has measured comes along. It speaks MLflow's REST API 2.0; the server has to serve its
 * artifacts itself. Thread-safe.
 */
final class MlflowServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BY_ALIAS = Pattern.compile("models:/([^/@]+)@([^/@]+)");
    private static final Pattern BY_VERSION = Pattern.compile("models:/([^/@]+)/([0-9]+)");
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

    private final URI server;
    private final Optional<String> token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    MlflowServer(URI server, Optional<String> token) {
        this.server = server;
        this.token = token.filter(text -> !text.isBlank());
    }

    /**
     * A version as it is kept there.
     *
     * @param onnx its bytes
     * @param known what the server says of it: metrics, parameters, when it was made
     * @param origin where it came from, in words
     */
    record Fetched(byte[] onnx, ObjectNode known, String origin) {}

    /** Whether that is an address of a version. */
    static boolean isAddress(String address) {
        return BY_ALIAS.matcher(address).matches()
                || BY_VERSION.matcher(address).matches();
    }

    /**
     * Fetches a version.
     *
     * @throws IOException if the server can not be reached, or has no such version, or no ONNX file of it; the message says which
     */
    Fetched fetch(String address) throws IOException {
        JsonNode version = version(address);
        String name = version.path("name").asText();
        String number = version.path("version").asText();
        byte[] onnx = get("/model-versions/get-artifact?name=" + encoded(name) + "&version=" + encoded(number)
                + "&path=model.onnx");
        ObjectNode known = JSON.createObjectNode();
        long made = version.path("creation_timestamp").asLong();
        if (made > 0) {
            known.put("createdAt", Instant.ofEpochMilli(made).toString());
        }
        String run = version.path("run_id").asText();
        if (!run.isEmpty()) {
            addRun(known, run);
        }
        String origin = "mlflow models:/" + name + "/" + number + (run.isEmpty() ? "" : ", run " + run);
        return new Fetched(onnx, known, origin);
    }

    private JsonNode version(String address) throws IOException {
        Matcher byAlias = BY_ALIAS.matcher(address);
        Matcher byVersion = BY_VERSION.matcher(address);
        String path;
        if (byAlias.matches()) {
            path = "/api/2.0/mlflow/registered-models/alias?name=" + encoded(byAlias.group(1)) + "&alias="
                    + encoded(byAlias.group(2));
        } else if (byVersion.matches()) {
            path = "/api/2.0/mlflow/model-versions/get?name=" + encoded(byVersion.group(1)) + "&version="
                    + encoded(byVersion.group(2));
        } else {
            throw new IOException("expected models:/name@alias or models:/name/version, got " + address);
        }
        JsonNode version = JSON.readTree(get(path)).path("model_version");
        if (!version.isObject()) {
            throw new IOException("MLflow at " + server + " says nothing of " + address);
        }
        return version;
    }

    private void addRun(ObjectNode known, String run) throws IOException {
        JsonNode data = JSON.readTree(get("/api/2.0/mlflow/runs/get?run_id=" + encoded(run)))
                .path("run")
                .path("data");
        ObjectNode metrics = JSON.createObjectNode();
        for (JsonNode metric : data.path("metrics")) {
            if (metric.path("value").isNumber()) {
                metrics.put(metric.path("key").asText(), metric.path("value").asDouble());
            }
        }
        ObjectNode parameters = JSON.createObjectNode();
        for (JsonNode parameter : data.path("params")) {
            parameters.put(
                    parameter.path("key").asText(), parameter.path("value").asText());
        }
        if (!metrics.isEmpty()) {
            known.set("metrics", metrics);
        }
        if (!parameters.isEmpty()) {
            known.set("parameters", parameters);
        }
    }

    private byte[] get(String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(withoutSlash(server.toString()) + path))
                .timeout(ANSWERS_WITHIN);
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException("MLflow at " + server + " answered " + answer.statusCode() + " to GET "
                        + path.replaceFirst("\\?.*", "") + ": " + message(answer.body()));
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MLflow was asked", e);
        }
    }

    private static String message(byte[] body) {
        try {
            return JSON.readTree(body).path("message").asText("no message");
        } catch (IOException noJson) {
            return "no message";
        }
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
