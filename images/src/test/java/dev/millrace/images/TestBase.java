package dev.millrace.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.images.base.Sha256;
import dev.millrace.images.base.SteadyTar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Small bases, in the forms in which tools save images. */
public final class TestBase {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestBase() {}

    /** As {@code docker save}: two layers, of which the second takes a file of the first away. */
    public static Path saved(Path folder) throws IOException {
        List<Path> layers = layers(folder);
        Path tar = folder.resolve("saved.tar");
        try (SteadyTar out = new SteadyTar(tar)) {
            out.file("a/layer.tar", layers.get(0), false);
            out.file("b/layer.tar", layers.get(1), false);
            out.file("config.json", config(layers));
            out.file(
                    "manifest.json",
                    JSON.writeValueAsBytes(List.of(Map.of(
                            "Config", "config.json",
                            "RepoTags", List.of("base:1"),
                            "Layers", List.of("a/layer.tar", "b/layer.tar")))));
        }
        return tar;
    }

    /** An OCI layout of two platforms and an attestation, its layers compressed. */
    public static Path layout(Path folder, String architecture) throws IOException {
        List<Path> layers = layers(folder);
        Path tar = folder.resolve("layout.tar");
        byte[] config = config(layers);
        try (SteadyTar out = new SteadyTar(tar)) {
            List<Map<String, Object>> descriptors = new ArrayList<>();
            for (Path layer : layers) {
                Path packed = folder.resolve("packed");
                try (OutputStream zip = new GZIPOutputStream(Files.newOutputStream(packed))) {
                    Files.copy(layer, zip);
                }
                descriptors.add(blob(out, Files.readAllBytes(packed)));
            }
            Map<String, Object> manifest =
                    blob(out, JSON.writeValueAsBytes(Map.of("config", blob(out, config), "layers", descriptors)));
            Map<String, Object> index = blob(
                    out,
                    JSON.writeValueAsBytes(Map.of(
                            "manifests",
                            List.of(
                                    on(manifest, "linux", architecture),
                                    on(blob(out, new byte[] {1}), "linux", "s390x"),
                                    on(blob(out, new byte[] {2}), "unknown", "unknown")))));
            out.file("oci-layout", "{}".getBytes(StandardCharsets.UTF_8));
            out.file("index.json", JSON.writeValueAsBytes(Map.of("manifests", List.of(index))));
        }
        return tar;
    }

    private static Map<String, Object> on(Map<String, Object> descriptor, String os, String architecture) {
        return Map.of("digest", descriptor.get("digest"), "platform", Map.of("os", os, "architecture", architecture));
    }

    private static Map<String, Object> blob(SteadyTar out, byte[] content) throws IOException {
        String digest = Sha256.of(content);
        out.file("blobs/sha256/" + digest, content);
        return Map.of("digest", "sha256:" + digest, "size", content.length);
    }

    private static List<Path> layers(Path folder) throws IOException {
        Path first = folder.resolve("first.tar");
        try (SteadyTar layer = new SteadyTar(first)) {
            layer.folder("usr", 0755);
            layer.folder("usr/bin", 0755);
            layer.link("bin", "usr/bin");
            layer.folder("etc", 0755);
            layer.file("etc/passwd", text("root:x:0:0:root:/:/sbin/nologin"));
            layer.file("etc/taken-away", text("x"));
            layer.folder("opt", 0755);
            layer.file("opt/jdk-25/bin/java", text("a program"));
            layer.file("opt/jdk-25/release", text("JAVA_VERSION=\"25.0.3\"\nIMPLEMENTOR=\"Someone\""));
            layer.link("usr/bin/java", "/opt/jdk-25/bin/java");
        }
        Path second = folder.resolve("second.tar");
        try (SteadyTar layer = new SteadyTar(second)) {
            layer.file("etc/.wh.taken-away", new byte[0]);
            layer.file("bin/added", text("through a link"));
        }
        return List.of(first, second);
    }

    private static byte[] config(List<Path> layers) throws IOException {
        List<String> digests = new ArrayList<>();
        for (Path layer : layers) {
            digests.add("sha256:" + Sha256.of(layer));
        }
        return JSON.writeValueAsBytes(Map.of(
                "architecture",
                "amd64",
                "os",
                "linux",
                "config",
                Map.of("Env", List.of("PATH=/usr/bin:/bin", "LANG=C.UTF-8"), "Cmd", List.of("jshell")),
                "rootfs",
                Map.of("type", "layers", "diff_ids", digests)));
    }

    private static byte[] text(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
