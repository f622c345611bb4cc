package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * What Helm makes of the chart.
 *
 * @param objects every object, in the order in which Helm gives them
 */
record Rendering(List<ObjectNode> objects) {
    static final String RELEASE = "millrace";
    static final String NAMESPACE = "millrace-system";
    private static final String KUBERNETES = "1.30.0";

    /** The chart, hooks included, with the values of that file, and with further ones as {@code path=value}. */
    static Rendering of(Path values, String... settings) {
        return of(ChartCopy.withHooks(), NAMESPACE, values, settings);
    }

    /** The chart as it is installed without values, but for those. */
    static Rendering with(String... settings) {
        return of(Repository.CHART.resolve("ci/tryout-values.yaml"), settings);
    }

    /** The chart as it is, in that namespace, so without its hooks. */
    static Rendering ofChart(String namespace, Path values, String... settings) {
        return of(Repository.CHART, namespace, values, settings);
    }

    private static Rendering of(Path chart, String namespace, Path values, String... settings) {
        FakeCluster.start();
        TemplateCommand command = new Helm(chart)
                .template()
                .withName(RELEASE)
                .withNamespace(namespace)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values);
        for (String setting : settings) {
            String[] pathAndValue = setting.split("=", 2);
            command.set(pathAndValue[0], pathAndValue[1]);
        }
        return new Rendering(Yaml.documents(command.call()));
    }

    Stream<ObjectNode> ofKind(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    boolean has(String kind, String name) {
        return ofKind(kind).anyMatch(object -> name(object).equals(name));
    }

    ObjectNode get(String kind, String name) {
        return ofKind(kind)
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(kind + " " + name + " is not among "
                        + ofKind(kind).map(Rendering::name).toList()));
    }

    /** Every pod that comes of these objects: the template or, for a Pod, itself; with the object it comes of. */
    Stream<Pod> pods() {
        return objects.stream().flatMap(object -> {
            JsonNode template = switch (object.path("kind").asText()) {
                case "Pod" -> object;
                case "CronJob" -> object.at("/spec/jobTemplate/spec/template");
                default -> object.path("spec").path("template");
            };
            return template.path("spec").has("containers") ? Stream.of(new Pod(object, template)) : Stream.empty();
        });
    }

    /**
     * A pod to be.
     *
     * @param owner the object that it comes of
     * @param template its metadata and spec
     */
    record Pod(ObjectNode owner, JsonNode template) {
        JsonNode spec() {
            return template.path("spec");
        }

        Stream<JsonNode> containers() {
            return Stream.of("initContainers", "containers").flatMap(list -> Trees.elements(spec().path(list)));
        }

        @Override
        public String toString() {
            return owner.path("kind").asText() + " " + name(owner);
        }
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }
}
