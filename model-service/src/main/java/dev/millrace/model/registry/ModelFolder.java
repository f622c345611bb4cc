package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.inference.OnnxScorer;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The folder form of a registry. Reads; keeps nothing. Thread-safe. */
final class ModelFolder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;

    ModelFolder(Path root) {
        // Absolute, because messages name files to people who are not in this process's folder.
        this.root = root.toAbsolutePath().normalize();
    }

    /** The names of the models. */
    List<String> names() throws IOException {
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

    /** The versions of the model, the oldest first as far as their names tell: numbers by size, before words. */
    List<String> versions(String name) throws IOException {
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

    /** The versions that the model's aliases stand for. */
    Map<String, String> aliases(String name) throws InvalidModelException {
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

    /** Loads a version: its checksum has to be right, its inputs as described, and a trial has to give finite scores. */
    Model load(String name, String version) throws InvalidModelException {
        Path folder = root.resolve(name).resolve(version);
        ModelDescription description = describe(folder, name, version);
        try {
            byte[] onnx = Files.readAllBytes(folder.resolve("model.onnx"));
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(onnx));
            if (!sum.equals(description.sha256())) {
                throw new InvalidModelException(folder.resolve("model.onnx") + " was changed: its SHA-256 is " + sum
                        + ", and model.json says " + description.sha256());
            }
            Model model = new Model(description, OnnxScorer.load(onnx, description.featureNames()));
            tryOut(folder, model);
            return model;
        } catch (IOException | NoSuchAlgorithmException | OrtException e) {
            throw new InvalidModelException(
                    folder + " can not be loaded: " + (e instanceof OrtException ? e.getMessage() : e), e);
        }
    }

    private static ModelDescription describe(Path folder, String name, String version) throws InvalidModelException {
        Path file = folder.resolve("model.json");
        try {
            ModelDescription description = JSON.readValue(file.toFile(), ModelDescription.class);
            if (description == null) {
                throw new InvalidModelException(file + " describes nothing: null");
            }
            if (!name.equals(description.name()) || !version.equals(description.version())) {
                throw new InvalidModelException(file + " describes " + description.name() + " version "
                        + description.version() + ", and its folder says " + name + " version " + version);
            }
            return description;
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + " describes no model: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidModelException(file + " can not be read: " + e, e);
        }
    }

    /** With two rows, so that a model whose input is fixed at one is not found out by the first batch. */
    private static void tryOut(Path folder, Model model) throws OrtException, InvalidModelException {
        float[] row = model.references();
        float[] rows = Arrays.copyOf(row, 2 * row.length);
        System.arraycopy(row, 0, rows, row.length, row.length);
        try {
            double[] scores = model.scorer().score(rows, 2);
            if (!Double.isFinite(scores[0]) || !Double.isFinite(scores[1])) {
                throw new InvalidModelException(folder + " scores its own reference values as " + scores[0]);
            }
        } catch (OrtException | InvalidModelException e) {
            model.scorer().close();
            throw e;
        }
    }
}
