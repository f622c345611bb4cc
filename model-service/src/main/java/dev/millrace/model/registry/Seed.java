package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Takes versions that lie in the service's folder of models, as an example or an image ships them, over into the registry.
 * Versions that the registry does not have are imported whenever they appear; the folder's aliases count only for a model
 * that is new to the registry, so that a restart never takes a promotion back. One thread.
 */
final class Seed {
    private static final Logger LOG = Logger.getLogger(Seed.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Author AUTHOR = new Author("folder", Optional.empty());

    private final ModelFolder folder;
    private final ModelBook book;
    /** Versions that need no second look while their files stay as they are, and what is wrong with them, if anything. */
    private final Map<String, Look> looks = new HashMap<>();

    private final Set<String> compared = new HashSet<>();

    private record Look(String stamp, Optional<String> mistake) {}

    Seed(ModelFolder folder, ModelBook book) {
        this.folder = folder;
        this.book = book;
    }

    /**
     * What an import did.
     *
     * @param any whether anything was imported
     * @param mistakes what is wrong with the folder, by model
     */
    record Brought(boolean any, Map<String, String> mistakes) {}

    /** Imports what is new. */
    Brought bring(Catalog known) throws IOException {
        Catalog found = folder.catalog();
        Map<String, String> mistakes = new TreeMap<>(found.mistakes());
        boolean any = false;
        for (Map.Entry<String, Catalog.Entry> model : found.models().entrySet()) {
            any |= bring(model.getKey(), model.getValue(), known.model(model.getKey()), mistakes);
        }
        return new Brought(any, mistakes);
    }

    private boolean bring(String model, Catalog.Entry found, Catalog.Entry known, Map<String, String> mistakes) {
        List<NewVersion> versions = new ArrayList<>();
        Set<String> usable = new HashSet<>(known.versions());
        for (String version : found.versions()) {
            if (!known.versions().contains(version)) {
                tried(model, version, mistakes).ifPresent(tried -> {
                    versions.add(tried);
                    usable.add(version);
                });
            }
        }
        compare(model, found, known, mistakes);
        Map<String, String> aliases = new TreeMap<>(found.aliases());
        aliases.values().retainAll(usable);
        if (versions.isEmpty()) {
            return false;
        }
        book.bring(model, versions, aliases, AUTHOR);
        versions.forEach(version -> LOG.infof(
                "model %s: version %s is imported from the folder",
                model, version.version().orElseThrow()));
        return true;
    }

    private Optional<NewVersion> tried(String model, String version, Map<String, String> mistakes) {
        String stamp = folder.stamp(model, version);
        Look last = looks.get(model + "/" + version);
        if (last != null && last.stamp().equals(stamp) && last.mistake().isPresent()) {
            mistakes.put(model, last.mistake().get());
            return Optional.empty();
        }
        try {
            StoredModel stored = folder.read(model, version);
            ModelLoader.load(stored).close();
            return Optional.of(new NewVersion(
                    model,
                    Optional.of(version),
                    (ObjectNode) JSON.readTree(stored.json()),
                    stored.onnx(),
                    stored.description().sha256(),
                    stored.place()));
        } catch (InvalidModelException | OrtException | JsonProcessingException e) {
            looks.put(model + "/" + version, new Look(stamp, Optional.of(e.getMessage())));
            mistakes.put(model, e.getMessage());
            return Optional.empty();
        }
    }

    /** A version that lies there with other bytes than were registered is a mistake of whoever put it there. */
    private void compare(String model, Catalog.Entry found, Catalog.Entry known, Map<String, String> mistakes) {
        List<String> both = found.versions().stream()
                .filter(known.versions()::contains)
                .filter(version -> !compared.contains(model + "/" + version))
                .toList();
        Map<String, String> checksums = both.isEmpty() ? Map.of() : book.checksums(model);
        for (String version : both) {
            compared.add(model + "/" + version);
            try {
                StoredModel stored = folder.read(model, version);
                if (!Checksum.of(stored.onnx()).equals(checksums.get(version))) {
                    looks.put(
                            model + "/" + version,
                            new Look(
                                    "",
                                    Optional.of(stored.file() + " is not the file that was registered as version "
                                            + version + "; versions never change: give it another one")));
                }
            } catch (InvalidModelException e) {
                LOG.debugf("model %s: what lies in the folder was not compared: %s", model, e.getMessage());
            }
        }
        found.versions().stream()
                .filter(known.versions()::contains)
                .map(version -> looks.get(model + "/" + version))
                .filter(look -> look != null)
                .flatMap(look -> look.mistake().stream())
                .forEach(mistake -> mistakes.put(model, mistake));
    }
}
