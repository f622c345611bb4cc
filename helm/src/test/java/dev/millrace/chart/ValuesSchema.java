package dev.millrace.chart;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * values.schema.json: every key's type by its default, and what its comment adds. A key that values.yaml does not have is a
 * mistake, so that a misspelt one is found before anything is installed. Every key may be null, which in Helm takes a
 * default away.
 */
final class ValuesSchema {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ValuesSchema() {}

    static String of(List<AnnotatedValues.Key> keys) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("title", "Values of the chart millrace");
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        for (AnnotatedValues.Key key : keys) {
            ObjectNode parent = parent(properties, key.path());
            if (parent != null) {
                String name = key.path().get(key.path().size() - 1);
                parent.set(name, of(key));
            }
        }
        for (AnnotatedValues.Key key : keys) {
            if (key.schema().has("like")) {
                ObjectNode own = (ObjectNode) properties.path(key.name());
                like((ObjectNode) properties.path(key.schema().path("like").asText()), own);
            }
        }
        try {
            return JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
                            .writeValueAsString(schema)
                    + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the key belongs; null below a key that may have any keys. */
    private static ObjectNode parent(ObjectNode top, List<String> path) {
        ObjectNode properties = top;
        for (String name : path.subList(0, path.size() - 1)) {
            if (!(properties.path(name).path("properties") instanceof ObjectNode below)) {
                return null;
            }
            properties = below;
        }
        return properties;
    }

    private static ObjectNode of(AnnotatedValues.Key key) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (!key.text().isEmpty()) {
            schema.put("description", key.text());
        }
        schema.putArray("type").add(type(key.value())).add("null");
        if (key.value().isObject() && !key.value().isEmpty() && key.path().size() == 1 && key.isFree()) {
            schema.putObject("properties");
        } else if (key.hasParts()) {
            schema.put("additionalProperties", false);
            schema.putObject("properties");
        }
        key.schema().properties().forEach(entry -> {
            if (entry.getKey().equals("enum") && schema.path("type").isArray()) {
                schema.remove("type");
            }
            if (!entry.getKey().equals("like")) {
                schema.set(entry.getKey(), entry.getValue());
            }
        });
        return schema;
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case NUMBER -> "integer";
            default -> "string";
        };
    }

    /** Each key of the one may stand in the other too; where both have one, their keys may. */
    private static void like(ObjectNode common, ObjectNode own) {
        ObjectNode properties = (ObjectNode) own.path("properties");
        common.path("properties").properties().forEach(entry -> {
            JsonNode there = properties.path(entry.getKey());
            if (there.isMissingNode()) {
                ObjectNode reference = properties.putObject(entry.getKey());
                reference.put("$ref", "#/properties/common/properties/" + entry.getKey());
            } else {
                ((ObjectNode) there).remove(List.of("additionalProperties", "properties", "type"));
                ((ObjectNode) there)
                        .putArray("allOf")
                        .addObject()
                        .put("$ref", "#/properties/common/properties/" + entry.getKey());
            }
        });
    }
}
