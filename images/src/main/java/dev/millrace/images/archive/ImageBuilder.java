package dev.millrace.images.archive;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FileEntry;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.millrace.images.base.BaseException;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.SteadyTar;
import dev.millrace.images.bill.BillOfMaterials;
import dev.millrace.images.recipe.Layer;
import dev.millrace.images.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/** Builds images from one base. Asks no registry and no daemon. Not thread-safe. */
public final class ImageBuilder {
    private static final String USER = "65532";
    private static final String ACCOUNT =
            "millrace:x:" + USER + ":" + USER + ":Millrace:" + Recipe.STATE + ":/sbin/nologin";
    private static final String GROUP = "millrace:x:" + USER + ":";
    private static final String CACHE = Recipe.HOME + "/app.aot";

    private final BaseImage base;
    private final Release release;
    private final Path work;

    /**
     * A builder.
     *
     * @param base what all images stand on
     * @param release what is built
     * @param work a folder to work in; layers that were built before are taken from there
     */
    public ImageBuilder(BaseImage base, Release release, Path work) {
        this.base = base;
        this.release = release;
        this.work = work;
    }

    /**
     * Builds an image and writes it and its bill of materials.
     *
     * @param cache what the JVM recorded of a run of it, if it could be recorded
     * @param out the folder to write to
     */
    public BuiltImage build(Recipe recipe, Optional<Path> cache, Path out) throws IOException {
        ImageName name = new ImageName("millrace/" + recipe.name(), release.tag());
        Path own = Files.createDirectories(work.resolve(recipe.name()));
        List<Layer> layers = new ArrayList<>(List.of(account(own)));
        layers.addAll(recipe.layers());
        cache.ifPresent(file -> layers.add(new Layer("aot", List.of(Layer.Entry.file(file, CACHE)))));
        Path bill = Files.write(
                own.resolve("sbom.cdx.json"), BillOfMaterials.of(recipe, base, release.tag(), release.time()));
        layers.add(new Layer("sbom", List.of(Layer.Entry.file(bill, Recipe.HOME + "/sbom.cdx.json"))));

        Path layout = own.resolve("layout.tar");
        jib(recipe, cache.isPresent(), layers, name, layout);
        Files.createDirectories(out);
        Path tar = out.resolve(recipe.fileName());
        String digest = ImageArchive.write(layout, name, tar);
        Files.delete(layout);
        Files.write(out.resolve(recipe.fileName().replaceFirst("\\.tar$", ".cdx.json")), Files.readAllBytes(bill));
        return new BuiltImage(name, digest, tar, Files.size(tar));
    }

    /** The user without whose entry some programs do not run, and the folder that is the user's. */
    private Layer account(Path own) throws IOException {
        Path state = Files.createDirectories(own.resolve("state"));
        return new Layer(
                "account",
                List.of(
                        Layer.Entry.file(with("/etc/passwd", ACCOUNT, own.resolve("passwd")), real("/etc") + "/passwd"),
                        Layer.Entry.file(with("/etc/group", GROUP, own.resolve("group")), real("/etc") + "/group"),
                        new Layer.Entry(state, Recipe.STATE, false, true)));
    }

    private String real(String folder) {
        return base.files().real(folder).orElse(folder);
    }

    /** The base's file with a line more, unless it has one for that number. */
    private Path with(String path, String line, Path target) throws IOException {
        Optional<Path> file = base.files().file(path);
        String lines = file.isPresent() ? Files.readString(file.get(), StandardCharsets.UTF_8) : "";
        boolean has = lines.lines().anyMatch(known -> known.matches("[^:]*:[^:]*:" + USER + ":.*"));
        String ending = lines.isEmpty() || lines.endsWith("\n") ? "" : "\n";
        return Files.writeString(target, has ? lines : lines + ending + line + "\n");
    }

    private void jib(Recipe recipe, boolean cached, List<Layer> layers, ImageName name, Path layout)
            throws IOException {
        try {
            JibContainerBuilder image = Jib.from(TarImage.at(base.tar()))
                    .setPlatforms(Set.of(new Platform(base.architecture(), "linux")))
                    .setFormat(ImageFormat.OCI)
                    .setCreationTime(release.time())
                    .setUser(USER + ":" + USER)
                    .setWorkingDirectory(AbsoluteUnixPath.get(Recipe.HOME))
                    .setExposedPorts(Port.tcp(recipe.port()))
                    .setEnvironment(new TreeMap<>(recipe.environment()))
                    .setEntrypoint(entrypoint(recipe, cached))
                    .setLabels(labels(recipe));
            for (Layer layer : layers) {
                image.addFileEntriesLayer(layer(layer));
            }
            image.containerize(Containerizer.to(TarImage.at(layout).named(name.toString()))
                    .setOfflineMode(true)
                    .setToolName("millrace")
                    .setToolVersion(release.tag())
                    .setBaseImageLayersCache(work.resolve("cache/base"))
                    .setApplicationLayersCache(work.resolve("cache/layers")));
        } catch (InvalidImageReferenceException | RegistryException | CacheDirectoryCreationException e) {
            throw new IOException("image " + name + " can not be built: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException("image " + name + " can not be built: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BaseException("interrupted while image " + name + " was built");
        }
    }

    private static List<String> entrypoint(Recipe recipe, boolean cached) {
        List<String> entrypoint = new ArrayList<>(List.of("java"));
        if (cached) {
            entrypoint.add("-XX:AOTCache=" + CACHE);
        }
        entrypoint.addAll(recipe.options());
        entrypoint.addAll(recipe.start());
        return entrypoint;
    }

    private Map<String, String> labels(Recipe recipe) {
        String home = "https://github.com/millrace/millrace";
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("org.opencontainers.image.title", recipe.title());
        labels.put("org.opencontainers.image.description", recipe.description());
        labels.put("org.opencontainers.image.version", release.tag());
        labels.put("org.opencontainers.image.created", release.time().toString());
        labels.put("org.opencontainers.image.vendor", "Millrace");
        labels.put("org.opencontainers.image.licenses", "Apache-2.0");
        labels.put("org.opencontainers.image.url", home);
        labels.put("org.opencontainers.image.source", home);
        labels.put("org.opencontainers.image.documentation", home + "/blob/main/docs/operations/images.md");
        release.revision().ifPresent(revision -> labels.put("org.opencontainers.image.revision", revision));
        return labels;
    }

    private static FileEntriesLayer layer(Layer layer) {
        FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
        for (Layer.Entry entry : layer.entries()) {
            boolean folder = Files.isDirectory(entry.source());
            entries.addEntry(new FileEntry(
                    entry.source(),
                    AbsoluteUnixPath.get(entry.at()),
                    FilePermissions.fromOctalString(folder || entry.executable() ? "755" : "644"),
                    SteadyTar.TIME,
                    entry.owned() ? USER + ":" + USER : "0:0"));
        }
        return entries.build();
    }

    /**
     * What is built.
     *
     * @param tag the version, and so the images' tag
     * @param time when its sources were fixed; the images' time
     * @param revision the commit that the sources are of, if that is known
     */
    public record Release(String tag, Instant time, Optional<String> revision) {}
}
