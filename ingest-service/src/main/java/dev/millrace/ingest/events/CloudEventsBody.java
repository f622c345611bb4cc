package dev.millrace.ingest.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** CloudEvents 1.0 in the JSON format, one (section 3.2) or a batch (section 4.1). The event is what {@code data} holds. */
final class CloudEventsBody implements BodyFormat {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    @Override
    public void split(byte[] body, Consumer<Posted> records) throws UnreadableBodyException {
        List<Posted> elements = new ArrayList<>();
        new JsonBody().split(body, elements::add);
        List<Posted> events = new ArrayList<>();
        for (Posted element : elements) {
            events.add(event(element));
        }
        events.forEach(records);
    }

    private static Posted event(Posted element) throws UnreadableBodyException {
        JsonNode envelope = tree(element);
        for (String attribute : REQUIRED) {
            if (!envelope.path(attribute).isTextual()
                    || envelope.path(attribute).asText().isEmpty()) {
                throw new UnreadableBodyException(
                        element.where() + "/" + attribute + ": a CloudEvent needs " + String.join(", ", REQUIRED));
            }
        }
        if (!envelope.path("specversion").asText().equals("1.0")) {
            throw new UnreadableBodyException(element.where() + "/specversion: expected 1.0, got "
                    + envelope.path("specversion").asText());
        }
        return new Posted(
                element.where() + "/data",
                data(element, envelope),
                Optional.of(envelope.path("id").asText()),
                Optional.of(envelope.path("source").asText()),
                Optional.of(envelope.path("type").asText()));
    }

    private static byte[] data(Posted element, JsonNode envelope) throws UnreadableBodyException {
        try {
            if (envelope.hasNonNull("data_base64")) {
                return Base64.getDecoder().decode(envelope.path("data_base64").asText());
            }
            return JSON.writeValueAsBytes(envelope.path("data"));
        } catch (IllegalArgumentException e) {
            throw new UnreadableBodyException(element.where() + "/data_base64: " + e.getMessage());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static JsonNode tree(Posted element) throws UnreadableBodyException {
        try {
            return JSON.readTree(element.json());
        } catch (IOException e) {
            throw new UnreadableBodyException(element.where() + ": " + e.getMessage());
        }
    }
}
