package dev.millrace.local.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.local.stack.StackException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Asks a model-service for its registry. What it refuses is a {@link StackException} that says why. Thread-safe. */
public final class RegistryClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);
    private static final String BOUNDARY = "----millrace-models-7d1f0a";

    private final URI service;
    private final Optional<String> token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * A client.
     *
     * @param service where the model-service answers
     * @param token what changes need, where the service wants a token
     */
    public RegistryClient(URI service, Optional<String> token) {
        this.service = service;
        this.token = token.filter(text -> !text.isBlank());
    }

    /** Every model. */
    public JsonNode models() {
        return send(request("/models").GET());
    }

    /** A model's aliases and versions. */
    public JsonNode model(String model) {
        return send(request("/models/" + segment(model)).GET());
    }

    /** A version. */
    public JsonNode version(String model, String version) {
        return send(request("/models/" + segment(model) + "/versions/" + segment(version))
                .GET());
    }

    /** What was changed of a model, the latest first. */
    public JsonNode history(String model) {
        return send(request("/models/" + segment(model) + "/history").GET());
    }

    /** Lets the alias stand for that version. */
    public JsonNode promote(String model, String alias, String version, Map<String, String> author) {
        var body = JSON.createObjectNode().put("version", version);
        author.forEach(body::put);
        return send(json("/models/" + segment(model) + "/aliases/" + segment(alias), body));
    }

    /** Lets the alias stand for the version before. */
    public JsonNode rollBack(String model, String alias, Map<String, String> author) {
        var body = JSON.createObjectNode();
        author.forEach(body::put);
        return send(json("/models/" + segment(model) + "/aliases/" + segment(alias) + "/rollback", body));
    }

    /** Registers a version; the fields are those of the form beside the ONNX file. */
    public JsonNode register(String model, byte[] onnx, Map<String, String> fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        part(body, "name=\"onnx\"; filename=\"model.onnx\"", "application/octet-stream", onnx);
        fields.forEach((name, value) -> part(
                body, "name=\"" + name + "\"", "text/plain; charset=UTF-8", value.getBytes(StandardCharsets.UTF_8)));
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return send(request("/models/" + segment(model) + "/versions")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private static void part(ByteArrayOutputStream body, String disposition, String type, byte[] content) {
        String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\nContent-Type: "
                + type + "\r\n\r\n";
        body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private HttpRequest.Builder json(String path, JsonNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(service.resolve(path)).timeout(ANSWERS_WITHIN);
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode body = tree(answer.body());
            if (answer.statusCode() >= 300) {
                throw new StackException(refusal(answer, body));
            }
            return body;
        } catch (IOException e) {
            throw new StackException(
                    "no model-service answers at " + service + " ("
                            + e.getClass().getSimpleName() + "); ./millrace up starts one here, --url names another",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while " + service + " was asked", e);
        }
    }

    private static JsonNode tree(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException noJson) {
            return MissingNode.getInstance();
        }
    }

    private static String refusal(HttpResponse<String> answer, JsonNode problem) {
        String violations = problem.path("violations")
                .valueStream()
                .map(entry ->
                        System.lineSeparator() + "  " + entry.path("where").asText() + ": expected "
                                + entry.path("expected").asText() + ", got "
                                + entry.path("actual").asText())
                .collect(Collectors.joining());
        String detail = problem.path("detail").asText("");
        String hint = answer.statusCode() == 401 ? " Set MILLRACE_MODELS_TOKEN to it." : "";
        return (detail.isEmpty() ? "the service answered " + answer.statusCode() : detail) + hint + violations;
    }
}
