package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The chart as plain manifests for {@code kubectl apply -k}: a base with what every installation has, and overlays that add
 * objects and patch those of the base. All of them are made from renderings of the chart.
 */
final class Manifests {
    static final String NAMESPACE = "millrace";
    static final Path FOLDER = Repository.ROOT.resolve("k8s");
    private static final String HEAD = "# Rendered from the chart by ManifestsTest; see k8s/README.md.\n";

    private final Map<String, ObjectNode> base = rendered(
            Repository.CHART.resolve("ci/tryout-values.yaml"),
            "tryout.enabled=false",
            "examples.cardFraud.enabled=false",
            "kafka.bootstrapServers=kafka:9092",
            "warehouse.jdbcUrl=jdbc:postgresql://postgres:5432/millrace",
            "warehouse.existingSecret=millrace-warehouse");

    private final Map<String, Map<String, ObjectNode>> overlays = new TreeMap<>(Map.of(
            "dev",
            rendered(
                    Repository.CHART.resolve("ci/tryout-values.yaml"),
                    "tryout.postgres.existingSecret=millrace-tryout-postgres",
                    "tryout.persistence.enabled=false"),
            "production",
            rendered(Repository.CHART.resolve("values-production.yaml"), "metrics.dashboards.enabled=false")));

    /** Every file below k8s/ that is made, by its path from there. */
    Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        byFile(base.values()).forEach((file, objects) -> files.put("base/" + file, documents(objects)));
        files.put(
                "base/kustomization.yaml",
                kustomization("namespace.yaml", byFile(base.values()).keySet(), List.of()));
        overlays.forEach((name, objects) -> files.putAll(overlay(name, objects)));
        return files;
    }

    /** What an overlay comes to, by kind and name. */
    Map<String, ObjectNode> overlay(String name) {
        return overlays.get(name);
    }

    private Map<String, String> overlay(String name, Map<String, ObjectNode> objects) {
        String folder = "overlays/" + name + "/";
        Map<String, String> files = new TreeMap<>();
        List<ObjectNode> added = objects.entrySet().stream()
                .filter(entry -> !base.containsKey(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        byFile(added).forEach((file, some) -> files.put(folder + file, documents(some)));
        Map<String, String> patches = new TreeMap<>();
        base.forEach((key, object) -> {
            ObjectNode wanted = objects.get(key);
            if (wanted == null) {
                throw new AssertionError(key + " of the base is not in " + name + ", which an overlay should not undo");
            }
            if (!wanted.equals(object)) {
                patches.put(
                        "patches/" + key.toLowerCase(Locale.ROOT).replace('/', '-') + ".yaml",
                        HEAD + Yaml.write(patch(object, wanted)));
            }
        });
        patches.forEach((file, text) -> files.put(folder + file, text));
        files.put(
                folder + "kustomization.yaml",
                kustomization("../../base", byFile(added).keySet(), patches.keySet()));
        return files;
    }

    private static ObjectNode patch(ObjectNode object, ObjectNode wanted) {
        ObjectNode patch = object.objectNode();
        patch.set("apiVersion", object.path("apiVersion"));
        patch.set("kind", object.path("kind"));
        ObjectNode changes = MergePatch.between(object, wanted);
        ObjectNode metadata = patch.putObject("metadata");
        metadata.put("name", Rendering.name(object));
        metadata.put("namespace", NAMESPACE);
        if (changes.remove("metadata") instanceof ObjectNode changed) {
            metadata.setAll(changed);
        }
        return patch.setAll(changes);
    }

    private static String kustomization(String first, Iterable<String> resources, Iterable<String> patches) {
        StringBuilder text = new StringBuilder(HEAD);
        text.append("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ")
                .append(NAMESPACE)
                .append("\nresources:\n  - ")
                .append(first)
                .append('\n');
        resources.forEach(file -> text.append("  - ").append(file).append('\n'));
        if (patches.iterator().hasNext()) {
            text.append("patches:\n");
            patches.forEach(file -> text.append("  - path: ").append(file).append('\n'));
        }
        return text.toString();
    }

    /** One file a component. */
    private static Map<String, List<ObjectNode>> byFile(Iterable<ObjectNode> objects) {
        Map<String, List<ObjectNode>> files = new TreeMap<>();
        objects.forEach(object ->
                files.computeIfAbsent(file(object), file -> new ArrayList<>()).add(object));
        return files;
    }

    private static String file(ObjectNode object) {
        String component = Trees.texts(object.at("/metadata/labels")).get("app.kubernetes.io/component");
        if (component != null) {
            return component + ".yaml";
        }
        return object.path("kind").asText().equals("Pipeline")
                ? "pipelines.yaml"
                : object.path("kind").asText().equals("PrometheusRule") ? "rules.yaml" : "common.yaml";
    }

    private static String documents(List<ObjectNode> objects) {
        return HEAD + objects.stream().map(Manifests::text).collect(Collectors.joining("---\n"));
    }

    /** Helm has no one order of the windows of a feature: n_7d comes before n_14d, that before n_1d, and that before n_7d. */
    private static String text(ObjectNode object) {
        return object.path("kind").asText().equals("Pipeline") ? Yaml.writeSorted(object) : Yaml.write(object);
    }

    /** The objects by kind and name, without what is Helm's own: hooks, and labels that say that it manages them. */
    private static Map<String, ObjectNode> rendered(Path values, String... settings) {
        // What is tested by `helm test` is Helm's, and so is the policy for it.
        String[] all = Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = "test.enabled=false";
        Rendering rendering = Rendering.ofChart(NAMESPACE, values, all);
        Map<String, ObjectNode> objects = new LinkedHashMap<>();
        for (ObjectNode object : rendering.objects()) {
            if (object.at("/metadata/labels") instanceof ObjectNode labels) {
                labels.remove(List.of("helm.sh/chart", "app.kubernetes.io/managed-by"));
            }
            objects.put(object.path("kind").asText() + "/" + Rendering.name(object), object);
        }
        return objects;
    }

    /** An object with its keys, and its lists of named elements, in one order, as no order means anything there. */
    static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(entry -> sorted.put(entry.getKey(), sorted(entry.getValue())));
            return object.objectNode().setAll(sorted);
        }
        if (node instanceof ArrayNode list && Trees.elements(list).allMatch(element -> element.has("name"))) {
            return list.arrayNode()
                    .addAll(Trees.elements(list)
                            .map(Manifests::sorted)
                            .sorted(Comparator.comparing(JsonNode::toString))
                            .toList());
        }
        return node;
    }
}
