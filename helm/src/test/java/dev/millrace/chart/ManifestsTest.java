package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests below k8s/ and the chart are the same thing. */
class ManifestsTest {
    private static final Manifests MANIFESTS = new Manifests();

    @BeforeAll
    static void write() throws IOException {
        if (Repository.WRITE) {
            for (String file : present().keySet()) {
                Files.delete(Manifests.FOLDER.resolve(file));
            }
            MANIFESTS.files().forEach((file, text) -> Repository.write(Manifests.FOLDER.resolve(file), text));
        }
    }

    @Test
    void the_manifests_are_what_the_chart_gives() throws IOException {
        assertThat(present())
                .as("k8s/ is generated and out of date; %s", Repository.HOW_TO_WRITE)
                .isEqualTo(MANIFESTS.files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void an_overlay_comes_to_what_the_chart_gives_with_its_values(String overlay) throws Exception {
        assertThat(sorted(built(overlay))).isEqualTo(sorted(MANIFESTS.overlay(overlay)));
    }

    /** The same by kustomize itself, where kubectl is installed. */
    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void kustomize_makes_the_same_of_it(String overlay) throws Exception {
        Process kustomize;
        try {
            kustomize = new ProcessBuilder(
                            "kubectl",
                            "kustomize",
                            Manifests.FOLDER
                                    .resolve("overlays")
                                    .resolve(overlay)
                                    .toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no kubectl here: " + e.getMessage());
            return;
        }
        Map<String, ObjectNode> built = new TreeMap<>();
        add(built, new String(kustomize.getInputStream().readAllBytes(), StandardCharsets.UTF_8));

        assertThat(kustomize.waitFor()).isZero();
        built.remove("Namespace/" + Manifests.NAMESPACE);
        assertThat(sorted(built)).isEqualTo(sorted(MANIFESTS.overlay(overlay)));
    }

    @Test
    void the_namespace_holds_its_pods_to_the_restricted_standard() {
        JsonNode namespace = Yaml.parse(Repository.read(Manifests.FOLDER.resolve("base/namespace.yaml")));

        assertThat(Rendering.name(namespace)).isEqualTo(Manifests.NAMESPACE);
        assertThat(Trees.texts(namespace.at("/metadata/labels")))
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    /** What kustomize does, done by hand from the files. */
    private static Map<String, ObjectNode> built(String overlay) throws IOException {
        Map<String, ObjectNode> objects = new TreeMap<>();
        Path folder = Manifests.FOLDER.resolve("overlays").resolve(overlay);
        JsonNode base = Yaml.parse(Repository.read(Manifests.FOLDER.resolve("base/kustomization.yaml")));
        for (JsonNode resource : base.path("resources")) {
            add(objects, Repository.read(Manifests.FOLDER.resolve("base").resolve(resource.asText())));
        }
        JsonNode kustomization = Yaml.parse(Repository.read(folder.resolve("kustomization.yaml")));
        for (JsonNode resource : kustomization.path("resources")) {
            if (!resource.asText().startsWith("..")) {
                add(objects, Repository.read(folder.resolve(resource.asText())));
            }
        }
        for (JsonNode entry : kustomization.path("patches")) {
            JsonNode patch =
                    Yaml.parse(Repository.read(folder.resolve(entry.path("path").asText())));
            objects.computeIfPresent(key(patch), (key, object) -> (ObjectNode) MergePatch.apply(object, patch));
        }
        objects.remove("Namespace/" + Manifests.NAMESPACE);
        return objects;
    }

    private static void add(Map<String, ObjectNode> objects, String text) {
        Yaml.documents(text).forEach(object -> objects.put(key(object), object));
    }

    private static String key(JsonNode object) {
        return object.path("kind").asText() + "/" + Rendering.name(object);
    }

    private static Map<String, JsonNode> sorted(Map<String, ObjectNode> objects) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        objects.forEach((key, object) -> sorted.put(key, Manifests.sorted(object)));
        return sorted;
    }

    /** The files that are there, but for those that people write. */
    private static Map<String, String> present() throws IOException {
        Map<String, String> present = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Manifests.FOLDER)) {
            files.filter(Files::isRegularFile)
                    .map(file -> Manifests.FOLDER.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> !file.startsWith("crds/")
                            && !file.endsWith("README.md")
                            && !file.equals("base/namespace.yaml"))
                    .forEach(file -> present.put(file, Repository.read(Manifests.FOLDER.resolve(file))));
        }
        return present;
    }
}
