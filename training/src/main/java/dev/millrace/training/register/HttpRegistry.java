package dev.millrace.training.register;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.training.TrainingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The registry of a model-service, over HTTP. */
public final class HttpRegistry implements Registry {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String BOUNDARY = "millrace-training-7d1f3c";
    private static final String WHO = "millrace train";
    /** No such model or version, or a registry that does not have such an address. */
    private static final Set<Integer> NOT_THERE = Set.of(404, 405);

    private final URI base;
    private final Optional<String> token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * @param base the service's address
     * @param token what proves that the registry may be changed
     */
    public HttpRegistry(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    @Override
    public Optional<Present> find(String model, String alias) {
        HttpResponse<byte[]> answer = send(request("/models/" + model).GET());
        if (NOT_THERE.contains(answer.statusCode())) {
            return Optional.empty();
        }
        String version = json(answer).path("aliases").path(alias).asText("");
        if (version.isEmpty()) {
            return Optional.empty();
        }
        String path = "/models/" + model + "/versions/" + version;
        ObjectNode description = (ObjectNode) json(send(request(path).GET()));
        HttpResponse<byte[]> file = send(request(path + "/model.onnx").GET());
        return Optional.of(new Present(
                version, description, file.statusCode() == 200 ? Optional.of(file.body()) : Optional.empty()));
    }

    @Override
    public String register(Version version, String alias, String why) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        part(body, "onnx", "model.onnx", "application/octet-stream", version.onnx());
        part(
                body,
                "description",
                "model.json",
                "application/json",
                version.description().toString().getBytes(StandardCharsets.UTF_8));
        part(body, "alias", "", "text/plain", alias.getBytes(StandardCharsets.UTF_8));
        part(body, "by", "", "text/plain", WHO.getBytes(StandardCharsets.UTF_8));
        part(body, "why", "", "text/plain", why.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        HttpResponse<byte[]> answer = send(request("/models/" + version.model() + "/versions")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
        return json(answer).path("version").asText();
    }

    private static void part(ByteArrayOutputStream body, String name, String file, String type, byte[] content) {
        String disposition = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\""
                + (file.isEmpty() ? "" : "; filename=\"" + file + "\"") + "\r\nContent-Type: " + type + "\r\n\r\n";
        body.writeBytes(disposition.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void promote(String model, String version, String alias, String why) {
        String body = JSON.createObjectNode()
                .put("version", version)
                .put("by", WHO)
                .put("why", why)
                .toString();
        json(send(request("/models/" + model + "/aliases/" + alias)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))));
    }

    @Override
    public String place() {
        return base.toString();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new TrainingException("the registry at " + base + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingException("interrupted while the registry was asked", e);
        }
    }

    private JsonNode json(HttpResponse<byte[]> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw new TrainingException("the registry at " + answer.uri() + " refused with " + answer.statusCode()
                    + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new TrainingException("the registry at " + answer.uri() + " answered with no JSON", e);
        }
    }
}
