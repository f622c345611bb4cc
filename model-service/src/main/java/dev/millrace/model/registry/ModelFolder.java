package dev.millrace.model.registry;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A registry that is a folder. Reads; keeps nothing. Thread-safe. */
final class ModelFolder implements ModelSource {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;

    ModelFolder(Path root) {
        // Absolute, because messages name files to people who are not in this process's folder.
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Catalog catalog() throws IOException {
        Map<String, Catalog.Entry> models = new TreeMap<>();
        Map<String, String> mistakes = new TreeMap<>();
        for (String name : names()) {
            try {
                models.put(name, new Catalog.Entry(versions(name), aliases(name)));
            } catch (InvalidModelException e) {
                mistakes.put(name, e.getMessage());
            }
        }
        return new Catalog(models, mistakes);
    }

    @Override
    public Optional<Registration.OfModel> detail(String model) throws IOException {
        Catalog.Entry entry = catalog().model(model);
        List<Registration> versions = new ArrayList<>();
        for (String version : entry.versions()) {
            JsonNode description = JSON.readTree(
                    root.resolve(model).resolve(version).resolve("model.json").toFile());
            if (description instanceof ObjectNode object) {
                versions.add(new Registration(version, object, Optional.empty()));
            }
        }
        return versions.isEmpty()
                ? Optional.empty()
                : Optional.of(new Registration.OfModel(new TreeMap<>(entry.aliases()), versions));
    }

    private List<String> names() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> Files.exists(child.resolve("aliases.json")))
                    .map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** The oldest first as far as their names tell: numbers by size, before words. */
    private List<String> versions(String name) throws IOException {
        try (Stream<Path> children = Files.list(root.resolve(name))) {
            return children.filter(child -> Files.exists(child.resolve("model.json")))
                    .map(child -> child.getFileName().toString())
                    .sorted(Comparator.comparing(ModelFolder::number).thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
    }

    private static BigInteger number(String version) {
        boolean number = version.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? new BigInteger(version) : BigInteger.TEN.pow(100);
    }

    private Map<String, String> aliases(String name) throws InvalidModelException {
        Path file = root.resolve(name).resolve("aliases.json");
        try {
            Map<String, String> aliases = JSON.readValue(file.toFile(), new TypeReference<Map<String, String>>() {});
            if (aliases == null || aliases.containsValue(null)) {
                throw new InvalidModelException(file + " is no JSON object of aliases and versions: a null is in it");
            }
            return aliases;
        } catch (IOException e) {
            throw new InvalidModelException(file + " is no JSON object of aliases and versions: " + e.getMessage(), e);
        }
    }

    @Override
    public StoredModel read(String name, String version) throws InvalidModelException {
        Path folder = root.resolve(name).resolve(version);
        Path file = folder.resolve("model.json");
        String json = text(file);
        ModelDescription description = StoredModel.describe(json, file.toString());
        if (!name.equals(description.name()) || !version.equals(description.version())) {
            throw new InvalidModelException(file + " describes " + description.name() + " version "
                    + description.version() + ", and its folder says " + name + " version " + version);
        }
        Path onnx = folder.resolve("model.onnx");
        try {
            return new StoredModel(description, json, Files.readAllBytes(onnx), folder.toString(), onnx.toString());
        } catch (IOException e) {
            throw new InvalidModelException(folder + " can not be loaded: " + e, e);
        }
    }

    private static String text(Path file) throws InvalidModelException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidModelException(file + " can not be read: " + e, e);
        }
    }

    /** What tells whether a version's files are the same as at another look. */
    String stamp(String name, String version) {
        Path folder = root.resolve(name).resolve(version);
        return stamp(folder.resolve("model.json")) + " " + stamp(folder.resolve("model.onnx"));
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            return "absent";
        }
    }
}
