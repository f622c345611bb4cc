package dev.millrace.model.predict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.RecentHistory;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.service.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one input of a model that recommends asks for.
 *
 * @param event the user and perhaps a time, as the pipeline's event has them; empty where no user is asked about
 * @param history the items that were sent, the latest first; empty where none were
 * @param item the item that others are to be like
 * @param k how many items
 * @param excludeSeen whether those of the history are left out
 * @param where the condition that items have to meet
 */
record RecommendInput(
        Optional<ObjectNode> event,
        Optional<List<String>> history,
        Optional<String> item,
        int k,
        boolean excludeSeen,
        Optional<String> where) {
    private static final int FEW = 10;
    private static final int MOST = 1000;
    private static final int LONGEST_HISTORY = 1000;

    /** Reads inputs for one pipeline. Thread-safe. */
    static final class Reader {
        private final String user;
        private final String item;
        private final String time;
        private final String history;
        private final List<String> members;

        Reader(Pipeline pipeline, RecommendDeclaration declared, RecentHistory recent) {
            this.user = recent.user();
            this.item = recent.item();
            this.time = pipeline.declaration().spec().event().time();
            this.history = declared.history();
            this.members = List.of(user, item, history, time, "k", "exclude_seen", "where");
        }

        /** The input, or nothing if it has mistakes, which are then added to the entries. */
        Optional<RecommendInput> read(ObjectNode input, int index, List<Problem.Entry> entries) {
            int before = entries.size();
            String where = "/inputs/" + index;
            input.fieldNames().forEachRemaining(name -> {
                if (!members.contains(name)) {
                    entries.add(new Problem.Entry(
                            PredictRequest.pointer(where, name), known(name), "'" + PredictRequest.quoted(name) + "'"));
                }
            });
            boolean ofUser = has(input, user);
            boolean ofItem = has(input, item);
            boolean sent = has(input, history);
            if ((ofUser || sent) == ofItem) {
                entries.add(new Problem.Entry(
                        where, "one of " + user + " (or " + history + ") and " + item, ofItem ? "both" : "none"));
            }
            Optional<List<String>> items =
                    sent ? Optional.of(items(input.get(history), where, entries)) : Optional.empty();
            RecommendInput read = new RecommendInput(
                    ofUser && !sent ? Optional.of(event(input)) : Optional.empty(),
                    items,
                    ofItem ? Optional.of(name(input.get(item), where + "/" + item, entries)) : Optional.empty(),
                    k(input.path("k"), where, entries),
                    flag(input.path("exclude_seen"), where, entries),
                    condition(input.path("where"), where, entries));
            return entries.size() > before ? Optional.empty() : Optional.of(read);
        }

        private String known(String name) {
            return Nearest.to(name, members)
                    .map(near -> "a known member; did you mean '" + near + "'?")
                    .orElse("a known member: " + String.join(", ", members));
        }

        private ObjectNode event(ObjectNode input) {
            ObjectNode event = input.objectNode();
            event.set(user, input.get(user));
            if (has(input, time)) {
                event.set(time, input.get(time));
            }
            return event;
        }

        private List<String> items(JsonNode node, String where, List<Problem.Entry> entries) {
            List<String> items = new ArrayList<>();
            if (!node.isArray() || node.size() > LONGEST_HISTORY) {
                entries.add(new Problem.Entry(
                        where + "/" + history,
                        "an array of at most " + LONGEST_HISTORY + " items, the latest first",
                        PredictRequest.quoted(node.toString())));
                return items;
            }
            for (int i = 0; i < node.size(); i++) {
                items.add(name(node.get(i), where + "/" + history + "/" + i, entries));
            }
            return items;
        }
    }

    private static boolean has(ObjectNode input, String name) {
        return !input.path(name).isMissingNode() && !input.path(name).isNull();
    }

    private static String name(JsonNode node, String where, List<Problem.Entry> entries) {
        if (!node.isTextual() && !node.isIntegralNumber()) {
            entries.add(new Problem.Entry(where, "an item's name", PredictRequest.quoted(node.toString())));
        }
        return node.asText();
    }

    private static int k(JsonNode node, String where, List<Problem.Entry> entries) {
        if (node.isMissingNode() || node.isNull()) {
            return FEW;
        }
        if (!node.isInt() || node.intValue() < 1 || node.intValue() > MOST) {
            entries.add(new Problem.Entry(
                    where + "/k", "a whole number from 1 to " + MOST, PredictRequest.quoted(node.toString())));
        }
        return node.asInt();
    }

    private static boolean flag(JsonNode node, String where, List<Problem.Entry> entries) {
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) {
            entries.add(new Problem.Entry(
                    where + "/exclude_seen", "true or false", PredictRequest.quoted(node.toString())));
        }
        return node.asBoolean(true);
    }

    private static Optional<String> condition(JsonNode node, String where, List<Problem.Entry> entries) {
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            entries.add(new Problem.Entry(
                    where + "/where", "a text, a condition in CEL", PredictRequest.quoted(node.toString())));
        }
        return Optional.of(node.asText());
    }
}
