package dev.millrace.pipeline.rejection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.Utf8;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.topic.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A refused record with its reason, as it stands in the {@code rejected} topic: a JSON object that a person can read,
 * from which the original bytes and headers come back unchanged. The JSON of the original is never longer than about
 * twice its bytes. Immutable as long as nobody writes to the arrays.
 *
 * @param pipeline the pipeline that refused it
 * @param stage where it was refused
 * @param reason why, as a code
 * @param message why, in words
 * @param violations each single mistake, if the record is not as declared
 * @param eventId the event's id, its own or the deterministic one
 * @param source where the record came from: a request, a file and line, a topic and offset
 * @param rejectedAt when it was refused
 * @param original the record's bytes as they came; empty where it had none
 * @param headers the record's headers as they came; a header's value may be null, as in Kafka
 */
public record Rejection(
        String pipeline,
        Stage stage,
        RejectionReason reason,
        String message,
        List<Violation> violations,
        String eventId,
        String source,
        Instant rejectedAt,
        byte[] original,
        Map<String, byte[]> headers) {
    /** The record header that carries the reason's code, so that a consumer can count without reading values. */
    public static final String REASON_HEADER = "millrace_reason";

    private static final ObjectMapper JSON = JsonMapper.builder()
            // Else an emoji is written as two escapes, twelve bytes for four.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    public Rejection {
        // What a person reads may quote the record, and a record may hold what JSON in UTF-8 can not.
        message = Text.storable(message);
        eventId = Text.storable(eventId);
        source = Text.storable(source);
        violations = List.copyOf(violations);
        original = original == null ? new byte[0] : original;
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** This rejection as JSON in UTF-8. */
    public byte[] toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("pipeline", pipeline);
        json.put("stage", stage.label());
        json.put("reason", reason.code());
        json.put("message", message);
        if (!violations.isEmpty()) {
            var array = json.putArray("violations");
            for (Violation violation : violations) {
                array.addObject()
                        .put("field", violation.field())
                        .put("kind", violation.kind().name().toLowerCase(Locale.ROOT))
                        .put("expected", violation.expected())
                        .put("actual", violation.actual());
            }
        }
        json.put("event_id", eventId);
        json.put("source", source);
        json.put("rejected_at", rejectedAt.toString());
        putBytes(json, "original", original);
        ObjectNode headersJson = json.putObject("headers");
        headers.forEach((name, value) -> putBytes(headersJson, name, value));
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings can always be written", e);
        }
    }

    /**
     * The rejection that the JSON holds.
     *
     * @throws IllegalArgumentException if the bytes are not a rejection
     */
    public static Rejection fromJson(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            Map<String, byte[]> headers = new LinkedHashMap<>();
            json.path("headers").properties().forEach(entry -> headers.put(entry.getKey(), bytes(entry.getValue())));
            List<Violation> violations = new ArrayList<>();
            for (JsonNode violation : json.path("violations")) {
                violations.add(new Violation(
                        violation.path("field").asText(),
                        Violation.Kind.valueOf(violation.path("kind").asText().toUpperCase(Locale.ROOT)),
                        violation.path("expected").asText(),
                        violation.path("actual").asText()));
            }
            return new Rejection(
                    json.path("pipeline").asText(),
                    Stage.valueOf(json.path("stage").asText().toUpperCase(Locale.ROOT)),
                    new RejectionReason(json.path("reason").asText()),
                    json.path("message").asText(),
                    violations,
                    json.path("event_id").asText(),
                    json.path("source").asText(),
                    Instant.parse(json.path("rejected_at").asText()),
                    bytes(json.path("original")),
                    headers);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("not a rejection: " + e.getMessage(), e);
        }
    }

    /** Text stays text, unless most of it would be escapes; other bytes become {@code {"base64": "…"}}. */
    private static void putBytes(ObjectNode json, String name, byte[] bytes) {
        if (bytes == null) {
            json.putNull(name);
        } else if (Utf8.isValid(bytes, 0, bytes.length) && escapes(bytes) <= bytes.length) {
            json.put(name, new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.putObject(name).put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    /** How many bytes escaping adds in JSON, so that a rejection fits into a topic that took twice its record. */
    private static int escapes(byte[] bytes) {
        int added = 0;
        for (byte b : bytes) {
            if (b == '"' || b == '\\') {
                added++;
            } else if (b >= 0 && b < ' ') {
                added += "\\u0000".length() - 1;
            }
        }
        return added;
    }

    private static byte[] bytes(JsonNode json) {
        if (json.isNull() || json.isMissingNode()) {
            return null;
        }
        return json.isObject()
                ? Base64.getDecoder().decode(json.path("base64").asText())
                : json.asText().getBytes(StandardCharsets.UTF_8);
    }
}
