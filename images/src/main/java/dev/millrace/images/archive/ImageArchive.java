package dev.millrace.images.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.images.base.SteadyTar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * The file of an image: an OCI layout that is what {@code docker save} gives at the same time, as newer Docker versions
 * write it. So containerd, kind, k3s, podman, skopeo and every Docker load it, and all see the same digest.
 */
final class ImageArchive {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageArchive() {}

    /**
     * Writes it from an OCI layout.
     *
     * @param layout a tar of an OCI layout of one image
     * @return the digest of its manifest
     */
    static String write(Path layout, ImageName name, Path target) throws IOException {
        try (TarFile from = new TarFile(layout)) {
            Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
            from.getEntries().forEach(entry -> entries.put(entry.getName(), entry));
            JsonNode descriptor =
                    json(from, entries.get("index.json")).path("manifests").path(0);
            String digest = descriptor.path("digest").asText();
            JsonNode manifest = json(from, entries.get(blob(digest)));
            Path draft = target.resolveSibling(target.getFileName() + ".part");
            try (SteadyTar to = new SteadyTar(draft)) {
                to.file("oci-layout", JSON.writeValueAsBytes(Map.of("imageLayoutVersion", "1.0.0")));
                to.file("index.json", JSON.writeValueAsBytes(index(descriptor, name)));
                to.file("manifest.json", JSON.writeValueAsBytes(List.of(saved(manifest, name))));
                to.folder("blobs", 0755);
                to.folder("blobs/sha256", 0755);
                SortedSet<String> blobs = new TreeSet<>(entries.keySet());
                blobs.removeIf(entry ->
                        !entry.startsWith("blobs/") || entries.get(entry).isDirectory());
                for (String entry : blobs) {
                    try (InputStream content = from.getInputStream(entries.get(entry))) {
                        to.file(entry, content, entries.get(entry).getSize());
                    }
                }
            }
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
            return digest;
        }
    }

    private static Map<String, Object> index(JsonNode descriptor, ImageName name) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", descriptor.path("mediaType").asText());
        entry.put("digest", descriptor.path("digest").asText());
        entry.put("size", descriptor.path("size").asLong());
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("io.containerd.image.name", name.whole());
        annotations.put("org.opencontainers.image.ref.name", name.tag());
        entry.put("annotations", annotations);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", "application/vnd.oci.image.index.v1+json");
        index.put("manifests", List.of(entry));
        return index;
    }

    private static Map<String, Object> saved(JsonNode manifest, ImageName name) {
        List<String> layers = new ArrayList<>();
        manifest.path("layers")
                .forEach(layer -> layers.add(blob(layer.path("digest").asText())));
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("Config", blob(manifest.path("config").path("digest").asText()));
        saved.put("RepoTags", List.of(name.toString()));
        saved.put("Layers", layers);
        return saved;
    }

    /** Where a layout keeps what has that digest. */
    private static String blob(String digest) {
        return "blobs/" + digest.replace(':', '/');
    }

    private static JsonNode json(TarFile tar, TarArchiveEntry entry) throws IOException {
        try (InputStream content = tar.getInputStream(entry)) {
            return JSON.readTree(content);
        }
    }
}
