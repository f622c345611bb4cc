package dev.millrace.images.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/**
 * Reads a tar of one image: as {@code docker save} and {@code podman save} give it, or an OCI layout. Layers may be
 * compressed with gzip or Zstandard. Each file is checked against its digest.
 */
public final class BaseTar {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DIGEST = "sha256:";
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTANDARD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final Path source;
    private final Path parts;

    private BaseTar(Path source, Path parts) {
        this.source = source;
        this.parts = parts;
    }

    /**
     * Reads it.
     *
     * @param tar the tar
     * @param work a folder to unpack into, one for all bases; what was unpacked before is not unpacked again
     * @throws BaseException if it is no image, or more than one
     */
    public static BaseImage read(Path tar, Path work) throws IOException {
        if (!Files.isRegularFile(tar)) {
            throw new BaseException("the base " + tar + " is no file; expected a tar of an image");
        }
        Path folder = work.resolve(Sha256.of(tar));
        Path done = folder.resolve("base.tar");
        if (!Files.exists(done)) {
            FileTree.delete(folder);
            Path parts = Files.createDirectories(folder.resolve("parts"));
            new BaseTar(tar, parts).convert(folder, done);
            FileTree.delete(parts);
        }
        byte[] config = Files.readAllBytes(folder.resolve("config.json"));
        return new BaseImage(done, Sha256.of(config), JSON.readTree(config), new RootFiles(folder.resolve("files")));
    }

    private void convert(Path folder, Path done) throws IOException {
        unpack();
        Parts image = Files.exists(parts.resolve("manifest.json")) ? saved() : layout();
        byte[] config = Files.readAllBytes(part(image.config()));
        JsonNode tree = JSON.readTree(config);
        if (!tree.path("os").asText().equals("linux")) {
            throw new BaseException("the base " + source + " is for " + tree.path("os") + "; expected linux");
        }
        Files.write(folder.resolve("config.json"), config);
        RootFiles files = new RootFiles(Files.createDirectories(folder.resolve("files")));
        List<Path> layers = new ArrayList<>();
        for (String name : image.layers()) {
            Path layer = folder.resolve("layer" + layers.size() + ".tar");
            String expected =
                    tree.path("rootfs").path("diff_ids").path(layers.size()).asText();
            try (InputStream packed = uncompressed(part(name));
                    OutputStream plain = Files.newOutputStream(layer)) {
                if (!expected.equals(DIGEST + Sha256.copy(packed, plain))) {
                    throw new BaseException(
                            "layer " + name + " of the base " + source + " is not what its digest says");
                }
            }
            files.add(layer);
            layers.add(layer);
        }
        Path draft = folder.resolve("base.tar.part");
        SavedImage.write(draft, config, layers);
        for (Path layer : layers) {
            Files.delete(layer);
        }
        Files.move(draft, done);
    }

    private void unpack() throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(uncompressed(source))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = part(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    // A layer that occurs twice is a link to its first occurrence.
                    Path target = file.getParent().resolve(entry.getLinkName()).normalize();
                    if (!target.startsWith(parts)) {
                        throw new BaseException("the base " + source + " has a link that leads out of it");
                    }
                    Files.createSymbolicLink(file, target.toAbsolutePath());
                } else if (entry.isFile()) {
                    Files.copy(tar, file);
                }
            }
        }
    }

    /** As {@code docker save} gives it. */
    private Parts saved() throws IOException {
        JsonNode images = json("manifest.json");
        requireOne(images);
        return new Parts(
                images.get(0).path("Config").asText(), texts(images.get(0).path("Layers")));
    }

    /** An OCI layout: an index that leads to a manifest, perhaps over another index. */
    private Parts layout() throws IOException {
        if (!Files.exists(part("index.json"))) {
            throw new BaseException("the base " + source + " has neither manifest.json nor index.json; expected what"
                    + " 'docker save' or 'skopeo copy … oci-archive:' gives");
        }
        JsonNode node = json("index.json");
        while (node.has("manifests")) {
            node = json(blob(chosen(node.path("manifests"))));
        }
        List<String> layers = new ArrayList<>();
        node.path("layers").forEach(layer -> layers.add(blob(layer)));
        return new Parts(blob(node.path("config")), layers);
    }

    /** Of several platforms this machine's; what is beside the images, such as attestations, has none. */
    private JsonNode chosen(JsonNode descriptors) {
        List<JsonNode> all =
                StreamSupport.stream(descriptors.spliterator(), false).toList();
        if (all.size() == 1) {
            return all.get(0);
        }
        List<JsonNode> fitting = all.stream()
                .filter(descriptor ->
                        descriptor.path("platform").path("os").asText().equals("linux"))
                .filter(descriptor -> descriptor
                        .path("platform")
                        .path("architecture")
                        .asText()
                        .equals(Processor.name()))
                .toList();
        if (fitting.size() != 1) {
            throw new BaseException("the base " + source + " holds " + fitting.size() + " images for linux/"
                    + Processor.name() + "; expected one");
        }
        return fitting.get(0);
    }

    private void requireOne(JsonNode images) {
        if (images.size() != 1) {
            throw new BaseException("the base " + source + " holds " + images.size() + " images; expected one");
        }
    }

    private static String blob(JsonNode descriptor) {
        return "blobs/" + descriptor.path("digest").asText().replace(':', '/');
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private JsonNode json(String name) throws IOException {
        return JSON.readTree(Files.readAllBytes(part(name)));
    }

    private Path part(String name) {
        Path part = parts.resolve(name).normalize();
        if (!part.startsWith(parts)) {
            throw new BaseException("the base " + source + " has a path that leads out of it: " + name);
        }
        return part;
    }

    private static InputStream uncompressed(Path file) throws IOException {
        BufferedInputStream content = new BufferedInputStream(Files.newInputStream(file));
        if (startsWith(content, GZIP)) {
            return new GZIPInputStream(content);
        }
        return startsWith(content, ZSTANDARD) ? new ZstdCompressorInputStream(content) : content;
    }

    private static boolean startsWith(BufferedInputStream content, byte[] magic) throws IOException {
        content.mark(magic.length);
        byte[] start = content.readNBytes(magic.length);
        content.reset();
        return Arrays.equals(start, magic);
    }

    private record Parts(String config, List<String> layers) {}
}
