package dev.millrace.images.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.images.base.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An image's file as an engine reads it, with every digest checked. */
record ReadImage(
        JsonNode index, JsonNode manifest, JsonNode config, JsonNode saved, List<Map<String, TarArchiveEntry>> layers) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ReadImage of(Path file) throws IOException {
        Map<String, byte[]> parts = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.isDirectory()) {
                    parts.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        JsonNode index = JSON.readTree(parts.get("index.json"));
        JsonNode manifest = JSON.readTree(blob(parts, index.path("manifests").path(0)));
        JsonNode config = JSON.readTree(blob(parts, manifest.path("config")));
        List<Map<String, TarArchiveEntry>> layers = new ArrayList<>();
        for (JsonNode layer : manifest.path("layers")) {
            byte[] plain;
            try (InputStream zip = new GZIPInputStream(new ByteArrayInputStream(blob(parts, layer)))) {
                plain = zip.readAllBytes();
            }
            String expected =
                    config.path("rootfs").path("diff_ids").path(layers.size()).asText();
            if (!expected.equals("sha256:" + Sha256.of(plain))) {
                throw new IOException("layer " + layers.size() + " is not what the configuration says");
            }
            layers.add(entries(plain));
        }
        return new ReadImage(index, manifest, config, JSON.readTree(parts.get("manifest.json")), layers);
    }

    /** All files, the later layer's where two have one. */
    Map<String, TarArchiveEntry> files() {
        Map<String, TarArchiveEntry> files = new LinkedHashMap<>();
        layers.forEach(layer -> layer.forEach((name, entry) -> files.put(name, entry)));
        return files;
    }

    JsonNode container() {
        return config.path("config");
    }

    private static byte[] blob(Map<String, byte[]> parts, JsonNode descriptor) throws IOException {
        String digest = descriptor.path("digest").asText();
        byte[] content = parts.get("blobs/" + digest.replace(':', '/'));
        if (content == null
                || !digest.equals("sha256:" + Sha256.of(content))
                || descriptor.path("size").asLong() != content.length) {
            throw new IOException(digest + " is not there or not what its name says");
        }
        return content;
    }

    private static Map<String, TarArchiveEntry> entries(byte[] layer) throws IOException {
        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(layer))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put("/" + entry.getName().replaceFirst("/$", ""), entry);
            }
        }
        return entries;
    }
}
