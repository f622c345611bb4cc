package dev.millrace.ingest.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * CloudEvents 1.0 in the JSON format, one (section 3.2) or a batch (section 4.1). The event is what {@code data} holds,
 * byte by byte.
 */
final class CloudEventsBody implements BodyFormat {
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final byte[] NO_DATA = "null".getBytes(StandardCharsets.US_ASCII);

    /** The attributes that are text, and the bytes of the data. */
    private record Envelope(Map<String, String> attributes, byte[] data) {}

    @Override
    public void split(byte[] body, Consumer<Posted> records) throws UnreadableBodyException {
        List<Posted> elements = new ArrayList<>();
        new JsonBody().split(body, elements::add);
        List<Posted> events = new ArrayList<>(elements.size());
        for (Posted element : elements) {
            events.add(event(element));
        }
        events.forEach(records);
    }

    private static Posted event(Posted element) throws UnreadableBodyException {
        Envelope envelope = open(element);
        Map<String, String> attributes = envelope.attributes();
        for (String attribute : REQUIRED) {
            if (attributes.getOrDefault(attribute, "").isEmpty()) {
                throw new UnreadableBodyException(
                        element.where() + "/" + attribute + ": a CloudEvent needs " + String.join(", ", REQUIRED));
            }
        }
        if (!attributes.get("specversion").equals("1.0")) {
            throw new UnreadableBodyException(
                    element.where() + "/specversion: expected 1.0, got " + attributes.get("specversion"));
        }
        return new Posted(
                element.where() + "/data",
                data(element, envelope),
                Optional.of(attributes.get("id")),
                Optional.of(attributes.get("source")),
                Optional.of(attributes.get("type")),
                Optional.ofNullable(attributes.get("traceparent")));
    }

    private static byte[] data(Posted element, Envelope envelope) throws UnreadableBodyException {
        String coded = envelope.attributes().get("data_base64");
        if (coded == null) {
            return envelope.data();
        }
        try {
            return Base64.getDecoder().decode(coded);
        } catch (IllegalArgumentException e) {
            throw new UnreadableBodyException(element.where() + "/data_base64: " + e.getMessage());
        }
    }

    private static Envelope open(Posted element) throws UnreadableBodyException {
        Map<String, String> attributes = new HashMap<>();
        byte[] data = NO_DATA;
        try (JsonParser parser = JSON.createParser(element.json())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableBodyException(element.where() + ": expected a CloudEvent, a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("data")) {
                    IntStream.Builder span = IntStream.builder();
                    JsonBody.addElement(parser, span);
                    int[] ends = span.build().toArray();
                    data = Arrays.copyOfRange(element.json(), ends[0], ends[1]);
                } else if (value == JsonToken.VALUE_STRING) {
                    attributes.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            return new Envelope(attributes, data);
        } catch (IOException e) {
            throw new UnreadableBodyException(element.where() + ": " + e.getMessage());
        }
    }
}
