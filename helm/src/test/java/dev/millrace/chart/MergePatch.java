package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The part of Kubernetes' strategic merge patches that the overlays need: maps are merged, a null takes a key away, lists
 * whose elements have a name of their own are merged by it, other lists are replaced.
 */
final class MergePatch {
    private static final Map<String, String> KEYED = Map.of(
            "containers", "name",
            "initContainers", "name",
            "env", "name",
            "volumes", "name",
            "volumeMounts", "mountPath");

    private MergePatch() {}

    /** What makes the one of the other, or an empty map. */
    static ObjectNode between(JsonNode from, JsonNode to) {
        ObjectNode patch = ((ObjectNode) from).objectNode();
        from.fieldNames().forEachRemaining(name -> {
            if (!to.has(name)) {
                patch.putNull(name);
            }
        });
        to.properties().forEach(entry -> {
            JsonNode before = from.path(entry.getKey());
            JsonNode after = entry.getValue();
            if (before.equals(after)) {
                return;
            }
            if (before.isObject() && after.isObject()) {
                patch.set(entry.getKey(), between(before, after));
            } else if (before.isArray() && after.isArray() && KEYED.containsKey(entry.getKey())) {
                patch.set(entry.getKey(), betweenLists(before, after, KEYED.get(entry.getKey())));
            } else {
                patch.set(entry.getKey(), after);
            }
        });
        return patch;
    }

    /** The object with the patch applied. */
    static JsonNode apply(JsonNode object, JsonNode patch) {
        ObjectNode result = object.deepCopy();
        patch.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode change = entry.getValue();
            if (change.isNull()) {
                result.remove(name);
            } else if (change.isObject() && result.path(name).isObject()) {
                result.set(name, apply(result.path(name), change));
            } else if (change.isArray() && KEYED.containsKey(name) && result.has(name)) {
                result.set(name, applyToList(result.path(name), change, KEYED.get(name)));
            } else {
                result.set(name, change);
            }
        });
        return result;
    }

    private static ArrayNode betweenLists(JsonNode from, JsonNode to, String key) {
        Map<JsonNode, JsonNode> before = byKey(from, key);
        Map<JsonNode, JsonNode> after = byKey(to, key);
        ArrayNode patch = ((ArrayNode) from).arrayNode();
        before.forEach((name, element) -> {
            if (!after.containsKey(name)) {
                patch.addObject().put("$patch", "delete").set(key, name);
            }
        });
        after.forEach((name, element) -> {
            if (!before.containsKey(name)) {
                patch.add(element);
            } else if (!before.get(name).equals(element)) {
                patch.add(between(before.get(name), element).set(key, name));
            }
        });
        return patch;
    }

    private static ArrayNode applyToList(JsonNode list, JsonNode patch, String key) {
        Map<JsonNode, JsonNode> elements = byKey(list, key);
        for (JsonNode change : patch) {
            JsonNode name = change.path(key);
            if (change.path("$patch").asText().equals("delete")) {
                elements.remove(name);
            } else {
                elements.merge(name, change, MergePatch::apply);
            }
        }
        return ((ArrayNode) list).arrayNode().addAll(elements.values());
    }

    private static Map<JsonNode, JsonNode> byKey(JsonNode list, String key) {
        Map<JsonNode, JsonNode> elements = new LinkedHashMap<>();
        list.forEach(element -> elements.put(element.path(key), element));
        return elements;
    }
}
