package dev.millrace.images.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.images.TestBase;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.BaseTar;
import dev.millrace.images.base.Sha256;
import dev.millrace.images.recipe.Layer;
import dev.millrace.images.recipe.Recipe;
import dev.millrace.images.recipe.ServiceRecipe;
import dev.millrace.local.stack.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderTest {
    private static final Path HOME = Path.of(System.getProperty("millrace.home"));
    private static final ImageBuilder.Release RELEASE =
            new ImageBuilder.Release("1.2.3", Instant.parse("2026-11-21T00:00:00Z"), Optional.of("a".repeat(40)));

    @TempDir
    Path folder;

    private BaseImage base;

    @BeforeEach
    void base() throws IOException {
        base = BaseTar.read(TestBase.saved(folder), folder.resolve("bases"));
    }

    @Test
    void names_the_image_for_containerd_and_for_docker_alike() throws IOException {
        BuiltImage built = build(small(), "work");
        ReadImage image = ReadImage.of(built.tar());

        JsonNode descriptor = image.index().path("manifests").path(0);
        assertThat(descriptor.path("digest").asText()).isEqualTo(built.digest());
        assertThat(descriptor
                        .path("annotations")
                        .path("io.containerd.image.name")
                        .asText())
                .isEqualTo("docker.io/millrace/small:1.2.3");
        assertThat(image.saved().path(0).path("RepoTags").path(0).asText()).isEqualTo("millrace/small:1.2.3");
        assertThat(image.saved().path(0).path("Layers")).hasSameSizeAs(image.layers());
        assertThat(image.manifest().path("mediaType").asText()).contains("oci.image.manifest");
        assertThat(built.tar()).hasFileName("millrace-small.tar").hasSize(built.bytes());
    }

    @Test
    void runs_as_a_numbered_user_that_may_write_its_state_and_nothing_else() throws IOException {
        ReadImage image = ReadImage.of(build(small(), "work").tar());

        assertThat(image.container().path("User").asText()).isEqualTo("65532:65532");
        Map<String, TarArchiveEntry> files = image.files();
        assertThat(files.get("/var/lib/millrace").getLongUserId()).isEqualTo(65532);
        files.forEach((name, entry) -> {
            if (!name.equals("/var/lib/millrace")) {
                assertThat(entry.getLongUserId()).as(name).isZero();
            }
            if (!entry.isSymbolicLink()) {
                assertThat(entry.getMode() & 0022)
                        .as("others may not write %s", name)
                        .isZero();
            }
        });
        assertThat(Files.readString(folder.resolve("work/small/passwd")))
                .isEqualTo("root:x:0:0:root:/:/sbin/nologin\n"
                        + "millrace:x:65532:65532:Millrace:/var/lib/millrace:/sbin/nologin\n");
    }

    @Test
    void starts_java_with_its_cache_and_keeps_the_bases_environment() throws IOException {
        Path cache = Files.writeString(folder.resolve("recorded.aot"), "cache");
        BuiltImage built = new ImageBuilder(base, RELEASE, folder.resolve("work"))
                .build(small(), Optional.of(cache), folder.resolve("out"));
        ReadImage image = ReadImage.of(built.tar());

        assertThat(texts(image.container().path("Entrypoint")))
                .containsExactly(
                        "java",
                        "-XX:AOTCache=/opt/millrace/app.aot",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-jar",
                        "/opt/millrace/a.jar");
        assertThat(image.container().path("Cmd").isEmpty()).isTrue();
        assertThat(texts(image.container().path("Env"))).contains("PATH=/usr/bin:/bin", "KEY=value");
        assertThat(image.container().path("ExposedPorts").has("8081/tcp")).isTrue();
        assertThat(image.files()).containsKey("/opt/millrace/app.aot");
    }

    @Test
    void says_by_labels_what_it_is() throws IOException {
        JsonNode labels = ReadImage.of(build(small(), "work").tar()).container().path("Labels");

        assertThat(labels.path("org.opencontainers.image.version").asText()).isEqualTo("1.2.3");
        assertThat(labels.path("org.opencontainers.image.revision").asText()).isEqualTo("a".repeat(40));
        assertThat(labels.path("org.opencontainers.image.created").asText()).isEqualTo("2026-11-21T00:00:00Z");
        for (String label : List.of("title", "description", "licenses", "source", "url", "vendor", "documentation")) {
            assertThat(labels.path("org.opencontainers.image." + label).asText())
                    .as(label)
                    .isNotBlank();
        }
    }

    @Test
    void gives_the_same_bytes_for_the_same_content_whenever_and_wherever_it_is_built() throws IOException {
        BuiltImage first = build(small(), "work");
        byte[] bytes = Files.readAllBytes(first.tar());
        Files.setLastModifiedTime(folder.resolve("a.jar"), FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        BuiltImage second = build(small(), "elsewhere");

        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(Files.readAllBytes(second.tar())).isEqualTo(bytes);
    }

    @Test
    void keeps_the_layers_of_libraries_when_only_the_service_changes() throws IOException {
        List<String> before = layers(build(small(), "work"));
        Files.writeString(folder.resolve("a.jar"), "a new version");
        List<String> after = layers(build(small(), "work"));

        Set<String> changed = new HashSet<>(after);
        changed.removeAll(before);
        // The service's own and the bill of materials, which has the service's digest.
        assertThat(changed).hasSize(2);
    }

    @Test
    void puts_every_jar_of_a_service_into_the_image_and_its_bill() throws IOException {
        Recipe recipe = ServiceRecipe.of(HOME, Service.INGEST, "quarkus-app", "amd64", folder.resolve("jars"));
        BuiltImage built = build(recipe, "work");
        ReadImage image = ReadImage.of(built.tar());

        assertThat(image.files())
                .containsKeys(
                        "/opt/millrace/quarkus-run.jar",
                        "/opt/millrace/quarkus/quarkus-application.dat",
                        "/opt/millrace/sbom.cdx.json");
        JsonNode bill = new ObjectMapper()
                .readTree(folder.resolve("out/millrace-ingest.cdx.json").toFile());
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.path("metadata").path("component").path("name").asText())
                .isEqualTo("millrace/ingest");
        Set<String> listed = new HashSet<>();
        bill.path("components")
                .forEach(component -> component
                        .path("hashes")
                        .forEach(hash -> listed.add(hash.path("content").asText())));
        for (Layer layer : recipe.layers()) {
            for (Layer.Entry entry : layer.entries()) {
                assertThat(image.files()).containsKey(entry.at());
                if (entry.at().endsWith(".jar")) {
                    assertThat(listed).as(entry.at()).contains(Sha256.of(entry.source()));
                }
            }
        }
        assertThat(StreamSupport.stream(bill.path("components").spliterator(), false)
                        .filter(component -> component.path("name").asText().equals("java-runtime"))
                        .map(component -> component.path("version").asText()))
                .containsExactly("25.0.3");
    }

    private BuiltImage build(Recipe recipe, String work) throws IOException {
        return new ImageBuilder(base, RELEASE, folder.resolve(work))
                .build(recipe, Optional.empty(), folder.resolve("out"));
    }

    private Recipe small() throws IOException {
        Path jar = folder.resolve("a.jar");
        if (!Files.exists(jar)) {
            Files.writeString(jar, "a version");
        }
        Path library = Files.writeString(folder.resolve("b.jar"), "a library");
        return new Recipe(
                "small",
                "Small",
                "An image for tests.",
                8081,
                List.of("-XX:+ExitOnOutOfMemoryError"),
                List.of("-jar", "/opt/millrace/a.jar"),
                Map.of("KEY", "value", "OTHER", "value"),
                List.of(
                        new Layer("libraries", List.of(Layer.Entry.file(library, "/opt/millrace/lib/b.jar"))),
                        new Layer("app", List.of(Layer.Entry.file(jar, "/opt/millrace/a.jar")))),
                folder.resolve("no-bom.json"));
    }

    private static List<String> layers(BuiltImage image) throws IOException {
        return StreamSupport.stream(
                        ReadImage.of(image.tar()).manifest().path("layers").spliterator(), false)
                .map(layer -> layer.path("digest").asText())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
