package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * values.yaml with what its comments say: {@code # -- text} describes the key below it, {@code # @schema key: value} adds to
 * its type. Keys below one that has a value of its own kind (a map that is free, a list) are not described singly.
 */
final class AnnotatedValues {
    private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z][A-Za-z0-9]*):(?: .*)?$");

    /**
     * A key.
     *
     * @param path its names, from the top
     * @param text what it is for; empty if nothing says so
     * @param schema what is said of its type
     * @param value its default
     */
    record Key(List<String> path, String text, ObjectNode schema, JsonNode value) {
        String name() {
            return String.join(".", path);
        }

        /** Whether the keys below it are described by themselves. */
        boolean hasParts() {
            return value.isObject() && !value.isEmpty() && !isFree();
        }

        /** Whether it may have any keys. */
        boolean isFree() {
            return schema.path("additionalProperties").asBoolean();
        }
    }

    private AnnotatedValues() {}

    /** The keys that have a comment, and those that hold them, in their order. */
    static List<Key> read(String text) {
        JsonNode values = Yaml.parse(text);
        List<Key> keys = new ArrayList<>();
        Deque<String> path = new ArrayDeque<>();
        List<String> comments = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher key = KEY.matcher(line);
            if (line.strip().startsWith("#")) {
                comments.add(line.strip().substring(1).strip());
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                while (path.size() > depth) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                keys.add(key(List.copyOf(path), comments, values));
                comments.clear();
            } else {
                comments.clear();
            }
        }
        return keys;
    }

    private static Key key(List<String> path, List<String> comments, JsonNode values) {
        StringBuilder text = new StringBuilder();
        ObjectNode schema = (ObjectNode) Yaml.parse("{}");
        for (String comment : comments) {
            if (comment.startsWith("@schema ")) {
                schema.setAll((ObjectNode) Yaml.parse(comment.substring("@schema ".length())));
            } else if (comment.startsWith("-- ")) {
                text.append(comment.substring("-- ".length()));
            } else if (!text.isEmpty()) {
                text.append(' ').append(comment);
            }
        }
        JsonNode value = values;
        for (String name : path) {
            value = value.path(name);
        }
        return new Key(path, text.toString(), schema, value);
    }
}
