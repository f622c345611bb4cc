package dev.millrace.model.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes wrong requests of an OpenAPI document: of each operation's path, parameters and example body, with some of it taken
 * away, replaced, nested, cut or garbled. The same seed makes the same ones. Models that exist are named only where nothing
 * can be changed, so that a request that happens to be right does no harm.
 */
final class MalformedRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");
    private static final List<String> EVENTS = List.of(
            "{\"model\": \"card-fraud\", \"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}");
    private static final List<String> TENSORS = List.of(
            "{\"id\": \"1\", \"parameters\": {\"binary_data_output\": true}, \"inputs\": [{\"name\": \"features\", \"shape\": [1, 5],"
                    + " \"datatype\": \"FP32\", \"data\": [310.0, 0, 1, 5.7, 3]}], \"outputs\": [{\"name\": \"score\"}]}",
            "{\"inputs\": [{\"name\": \"country\", \"shape\": [1, 1], \"datatype\": \"BYTES\", \"data\": [\"fr\"]}, {\"name\":"
                    + " \"amount\", \"shape\": [1, 1], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 4}}, {\"name\":"
                    + " \"hour\", \"shape\": [1, 1], \"datatype\": \"INT64\", \"data\": [[3]]}]}");
    private static final List<String> STRANGE = List.of(
            "null",
            "true",
            "-1",
            "0",
            "1e400",
            "9223372036854775808",
            "1.5",
            "\"\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[[[[]]]]",
            "{\"a\": {\"b\": []}}",
            "\"NaN\"",
            "\"18446744073709551616\"",
            "[null]",
            "-0.0",
            "1e-400",
            "\"\ud83d\ude00\"");
    private static final List<String> NAMES = List.of(
            "x",
            "..",
            "%00",
            "a/b",
            "\u00fc",
            "card-frand",
            "",
            " ",
            "0",
            "-1",
            "null",
            "a".repeat(3_000),
            "{model}",
            "'\";--");

    private final List<Operation> operations = new ArrayList<>();
    private final String base;
    private final Random random;

    private record Operation(String path, String method, JsonNode described) {}

    /** A request, and whether its operation may say that it can not answer now. */
    record Sent(HttpRequest request, String body, boolean documents503) {
        @Override
        public String toString() {
            return request.method() + " " + request.uri() + " "
                    + request.headers().map() + " " + (body.length() > 500 ? body.substring(0, 500) + "…" : body);
        }
    }

    MalformedRequests(JsonNode document, String base, long seed) {
        this.base = base;
        this.random = new Random(seed);
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(new Operation(path.getKey(), method.getKey(), method.getValue()));
                }
            }
        }
    }

    Sent next() {
        Operation operation = any(operations);
        boolean harmless = operation.path().startsWith("/predict")
                || operation.path().startsWith("/v2")
                || operation.method().equals("get");
        String method = operation.method().toUpperCase(java.util.Locale.ROOT);
        if (random.nextInt(20) == 0) {
            method = any(List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "FOO"));
            // Another operation of the path might then be meant, so nothing that exists may be named.
            harmless = false;
        }
        byte[] body = method.equals("GET") || method.equals("HEAD") ? new byte[0] : body(operation);
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .uri(URI.create(base + path(operation, harmless) + query()))
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        headers(request, body.length);
        boolean documents503 = operation.described().path("responses").has("503");
        return new Sent(request.build(), new String(body, StandardCharsets.ISO_8859_1), documents503);
    }

    private String path(Operation operation, boolean harmless) {
        StringBuilder path = new StringBuilder();
        for (String part : operation.path().split("(?=\\{)|(?<=})")) {
            if (!part.startsWith("{")) {
                path.append(part);
            } else if (harmless && random.nextInt(4) > 0) {
                path.append(
                        part.contains("ersion")
                                ? any(List.of("1", "2"))
                                : any(List.of("card-fraud", "countries", "every-type")));
            } else {
                path.append(
                        URLEncoder.encode(any(NAMES), StandardCharsets.UTF_8).replace("+", "%20"));
            }
        }
        if (random.nextInt(30) == 0) {
            path.append(any(List.of("/", "//", "/x", "/%2e%2e/x", ";a=b", "/%ff")));
        }
        return path.toString();
    }

    private String query() {
        return random.nextInt(20) == 0
                ? any(List.of("?", "?x=1", "?a=%00&a=b", "?format=xml", "?limit=-1&after=x"))
                : "";
    }

    private void headers(HttpRequest.Builder request, int length) {
        if (random.nextInt(15) > 0) {
            request.header(
                    "Content-Type",
                    random.nextInt(15) == 0
                            ? any(List.of(
                                    "text/plain",
                                    "application/xml",
                                    "application/octet-stream",
                                    "multipart/form-data",
                                    "x"))
                            : "application/json");
        }
        if (random.nextInt(8) == 0) {
            request.header(
                    "Inference-Header-Content-Length",
                    any(List.of(
                            "-1",
                            "x",
                            "",
                            "0",
                            "7",
                            Integer.toString(length),
                            "2147483648",
                            Integer.toString(Math.max(0, length - 4)))));
        }
        if (random.nextInt(20) == 0) {
            request.header("Content-Encoding", any(List.of("gzip", "deflate", "br", "identity", "x")));
        }
        if (random.nextInt(20) == 0) {
            request.header("X-Request-Timeout", any(List.of("0", "-1", "soon", "1ms", "99999999999999", "1s", "")));
        }
        if (random.nextInt(20) == 0) {
            request.header("Accept", any(List.of("text/html", "*/*", "application/json;q=x", "x")));
        }
    }

    private byte[] body(Operation operation) {
        String text = example(operation);
        for (int change = random.nextInt(3); change >= 0; change--) {
            text = random.nextBoolean() ? changed(text) : text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> garbled(bytes);
            case 2 -> Arrays.copyOf(bytes, bytes.length + random.nextInt(40));
            default -> bytes;
        };
    }

    private String example(Operation operation) {
        if (operation.path().startsWith("/predict")) {
            return any(EVENTS);
        }
        if (operation.path().startsWith("/v2")) {
            return any(TENSORS);
        }
        JsonNode content = operation.described().path("requestBody").path("content");
        JsonNode first = content.isEmpty() ? content : content.elements().next();
        for (JsonNode example : first.path("examples")) {
            return example.path("value").isTextual()
                    ? example.path("value").asText()
                    : example.path("value").toString();
        }
        return any(STRANGE);
    }

    /** The JSON with one of its values gone, replaced, doubled or wrapped. */
    private String changed(String text) {
        try {
            JsonNode root = JSON.readTree(text);
            List<JsonNode> inner = new ArrayList<>();
            collect(root, inner);
            if (inner.isEmpty()) {
                return any(STRANGE);
            }
            change(any(inner));
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            return any(STRANGE);
        }
    }

    private void change(JsonNode parent) throws JsonProcessingException {
        JsonNode strange = JSON.readTree(any(STRANGE));
        if (parent instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = any(names);
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name, JSON.createArrayNode().add(object.get(name)));
                case 2 -> object.set(name + any(List.of("s", "\u0000", "\u00fc")), strange);
                default -> object.set(name, strange);
            }
        } else if (parent instanceof ArrayNode array) {
            int index = random.nextInt(array.size());
            switch (random.nextInt(4)) {
                case 0 -> array.remove(index);
                case 1 -> array.add(array.get(index));
                case 2 -> array.set(index, JSON.createArrayNode().add(array.get(index)));
                default -> array.set(index, strange);
            }
        }
    }

    private static void collect(JsonNode node, List<JsonNode> into) {
        if (node.isContainerNode() && !node.isEmpty()) {
            into.add(node);
            node.forEach(child -> collect(child, into));
        }
    }

    private byte[] garbled(byte[] bytes) {
        byte[] garbled = bytes.clone();
        for (int change = random.nextInt(4); change >= 0 && garbled.length > 0; change--) {
            garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
        }
        return garbled;
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
