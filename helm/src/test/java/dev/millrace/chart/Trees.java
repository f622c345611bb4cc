package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Ways through a tree. */
final class Trees {
    private Trees() {}

    static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    static Map<String, String> texts(JsonNode mapping) {
        Map<String, String> texts = new TreeMap<>();
        mapping.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    /** Whether whoever has these labels is meant by that selector's matchLabels and matchExpressions (In alone). */
    static boolean matches(JsonNode selector, JsonNode labels) {
        Map<String, String> own = texts(labels);
        return own.entrySet().containsAll(texts(selector.path("matchLabels")).entrySet())
                && elements(selector.path("matchExpressions"))
                        .allMatch(expression -> elements(expression.path("values"))
                                .anyMatch(value -> value.asText()
                                        .equals(own.get(expression.path("key").asText()))));
    }
}
