package dev.millrace.local.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.local.terminal.Details;
import dev.millrace.local.terminal.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the registry answers, as tables for people. */
public final class ModelTables {
    private static final int METRICS_IN_A_LIST = 4;
    private static final String NOTHING = "-";

    private ModelTables() {}

    /** Every model with its aliases. */
    public static List<String> models(JsonNode models) {
        if (models.isEmpty()) {
            return List.of("  The registry has no models; ./millrace models register brings one.");
        }
        Table table = new Table().row("model", "versions", "latest", "aliases");
        for (JsonNode model : models) {
            JsonNode versions = model.path("versions");
            String aliases = model.path("aliases").properties().stream()
                    .map(alias -> alias.getKey() + " = " + alias.getValue().asText())
                    .collect(Collectors.joining(", "));
            table.row(
                    model.path("model").asText(),
                    versions.size(),
                    versions.isEmpty()
                            ? NOTHING
                            : versions.get(versions.size() - 1).asText(),
                    aliases.isEmpty() ? NOTHING : aliases);
        }
        return table.lines();
    }

    /** The versions of a model, the latest first, with their first few metrics. */
    public static List<String> versions(JsonNode model) {
        List<JsonNode> versions = new ArrayList<>();
        model.path("versions").forEach(version -> versions.add(0, version));
        Set<String> metrics = new LinkedHashSet<>();
        versions.forEach(version -> version.path("metrics").fieldNames().forEachRemaining(metrics::add));
        List<String> shown = metrics.stream().limit(METRICS_IN_A_LIST).toList();
        Table table = new Table();
        List<Object> head = new ArrayList<>(List.of("version", "aliases", "registered", "by"));
        head.addAll(shown);
        table.row(head.toArray());
        for (JsonNode version : versions) {
            List<Object> row = new ArrayList<>(List.of(
                    version.path("version").asText(),
                    version.path("aliases").isEmpty() ? NOTHING : words(version.path("aliases")),
                    time(version.path("registered").path("at").asText(NOTHING)),
                    version.path("registered").path("by").asText(NOTHING)));
            shown.forEach(metric -> row.add(value(version.path("metrics").path(metric))));
            table.row(row.toArray());
        }
        return table.lines();
    }

    /** One version. */
    public static List<String> version(JsonNode version) {
        Details details = new Details()
                .line("version", version.path("version").asText())
                .line("aliases", version.path("aliases").isEmpty() ? NOTHING : words(version.path("aliases")));
        JsonNode registered = version.path("registered");
        if (registered.isObject()) {
            details.line(
                    "registered",
                    time(registered.path("at").asText()) + " by "
                            + registered.path("by").asText() + ", from "
                            + registered.path("origin").asText());
        }
        details.line("sha256", version.path("sha256").asText())
                .line("threshold", value(version.path("threshold")))
                .list("features", features(version));
        for (String member : List.of("trainedOn", "training", "metrics", "parameters")) {
            JsonNode value = version.path(member);
            if (value.isObject()) {
                details.list(label(member), entries(value));
            } else if (!value.isMissingNode()) {
                details.line(label(member), value(value));
            }
        }
        return details.lines();
    }

    /** Two versions beside each other: every metric, and whatever else they differ in. */
    public static List<String> comparison(JsonNode one, JsonNode other) {
        String first = one.path("version").asText();
        if (other.path("version").asText().equals(first)) {
            return List.of(
                    "  Both are version " + first + "; ./millrace models compare MODEL VERSION OTHER names two.");
        }
        Table table = new Table()
                .row(
                        "",
                        "version " + one.path("version").asText(),
                        "version " + other.path("version").asText(),
                        "difference");
        for (String metric : names("metrics", one, other)) {
            JsonNode left = one.path("metrics").path(metric);
            JsonNode right = other.path("metrics").path(metric);
            boolean both = left.isNumber() && right.isNumber();
            table.row(
                    metric, value(left), value(right), both ? difference(right.asDouble() - left.asDouble()) : NOTHING);
        }
        table.row("threshold", value(one.path("threshold")), value(other.path("threshold")), NOTHING);
        for (String parameter : names("parameters", one, other)) {
            JsonNode left = one.path("parameters").path(parameter);
            JsonNode right = other.path("parameters").path(parameter);
            table.row(parameter, value(left), value(right), left.equals(right) ? "" : "differs");
        }
        List<String> lines = new ArrayList<>(table.lines());
        for (String member : List.of("training", "trainedOn", "createdAt")) {
            if (!one.path(member).equals(other.path(member))) {
                lines.add("  " + label(member) + " of version " + first + ": " + value(one.path(member)));
                lines.add("  " + label(member) + " of version "
                        + other.path("version").asText() + ": " + value(other.path(member)));
            }
        }
        only(lines, one, other);
        only(lines, other, one);
        return lines;
    }

    private static void only(List<String> lines, JsonNode one, JsonNode other) {
        Set<String> features = new LinkedHashSet<>(features(one));
        features.removeAll(features(other));
        if (!features.isEmpty()) {
            lines.add(
                    "  features of version " + one.path("version").asText() + " only: " + String.join(", ", features));
        }
    }

    /** What was changed of a model. */
    public static List<String> history(JsonNode changes) {
        Table table = new Table().row("when", "what", "alias", "from", "to", "by", "why");
        for (JsonNode change : changes) {
            table.row(
                    time(change.path("at").asText()),
                    change.path("kind").asText(),
                    change.path("alias").asText(NOTHING),
                    change.path("from").asText(NOTHING),
                    change.path("to").asText(NOTHING),
                    change.path("by").asText(),
                    change.path("why").asText(NOTHING));
        }
        return table.lines();
    }

    /** A promotion or a rollback in a line. */
    public static String moved(JsonNode moved) {
        String what = moved.path("model").asText() + ": " + moved.path("alias").asText();
        if (!moved.path("changed").asBoolean()) {
            return what + " stood for version " + moved.path("version").asText() + " already";
        }
        String before = moved.path("from").asText("");
        return what + " is version " + moved.path("version").asText()
                + (before.isEmpty() ? "" : "; it was version " + before);
    }

    private static List<String> entries(JsonNode object) {
        return object.properties().stream()
                .map(entry -> entry.getKey() + " = " + value(entry.getValue()))
                .toList();
    }

    private static String label(String member) {
        return member.equals("trainedOn") ? "trained on" : member;
    }

    private static Set<String> names(String group, JsonNode one, JsonNode other) {
        Set<String> names = new TreeSet<>();
        one.path(group).fieldNames().forEachRemaining(names::add);
        other.path(group).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> features(JsonNode version) {
        return version.path("features")
                .valueStream()
                .map(feature -> feature.path("name").asText())
                .toList();
    }

    private static String words(JsonNode texts) {
        return texts.valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
    }

    private static String value(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return NOTHING;
        }
        return node.isFloatingPointNumber()
                ? String.format(Locale.ROOT, "%.4f", node.asDouble())
                : node.isValueNode() ? node.asText() : node.toString();
    }

    private static String difference(double difference) {
        return String.format(Locale.ROOT, "%+.4f", difference);
    }

    /** To the second, without the T. */
    private static String time(String instant) {
        return instant.length() < 19 ? instant : instant.substring(0, 19).replace('T', ' ');
    }
}
