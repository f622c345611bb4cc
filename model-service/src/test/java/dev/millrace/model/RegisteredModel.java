package dev.millrace.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A version of a model as files, to be put into a registry's folder. */
public record RegisteredModel(ObjectNode description, byte[] onnx) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The model of amount and time, by another name and version. */
    public static RegisteredModel example(String name, String version) {
        try {
            Path folder = CardFraud.MODELS.resolve("card-fraud").resolve("1");
            ObjectNode description = (ObjectNode) JSON.readTree(Files.readAllBytes(folder.resolve("model.json")));
            description.put("name", name).put("version", version);
            return new RegisteredModel(description, Files.readAllBytes(folder.resolve("model.onnx")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A model of one feature. */
    public static RegisteredModel of(String name, String feature, float reference, byte[] onnx) {
        RegisteredModel model = example(name, "1");
        model.description.putArray("features").addObject().put("name", feature).put("reference", reference);
        return new RegisteredModel(model.description, onnx).signed();
    }

    /** A model of those features, all of the same reference. */
    public static RegisteredModel of(String name, List<String> features, float reference, byte[] onnx) {
        RegisteredModel model = example(name, "1");
        var all = model.description.putArray("features");
        features.forEach(feature -> all.addObject().put("name", feature).put("reference", reference));
        return new RegisteredModel(model.description, onnx).signed();
    }

    /** A model that recommends. */
    public static RegisteredModel recommender(String name, String version, byte[] onnx) {
        ObjectNode description = JSON.createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("kind", "recommender");
        return new RegisteredModel(description, onnx).signed();
    }

    /** A graph that tensors are sent to, and nothing is said of. */
    public static RegisteredModel graph(String name, String version, byte[] onnx) {
        ObjectNode description = JSON.createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("kind", "graph");
        return new RegisteredModel(description, onnx).signed();
    }

    /** This one with that text as the reference of one of its features. */
    public RegisteredModel withText(String feature, String reference) {
        description.path("features").forEach(each -> {
            if (each.path("name").asText().equals(feature)) {
                ((ObjectNode) each).put("reference", reference);
            }
        });
        return this;
    }

    /** This one without labels and threshold. */
    public RegisteredModel withoutLabels() {
        description.remove(List.of("labels", "threshold"));
        return this;
    }

    /** This one with the checksum of its bytes. */
    public RegisteredModel signed() {
        try {
            description.put(
                    "sha256",
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(onnx)));
            return this;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts the files into the registry's folder and says where. */
    public Path write(Path models) {
        try {
            Path folder = Files.createDirectories(
                    models.resolve(description.path("name").asText())
                            .resolve(description.path("version").asText()));
            Folders.put(folder.resolve("model.onnx"), onnx);
            Folders.put(folder.resolve("model.json"), JSON.writeValueAsBytes(description));
            return folder;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the version the one and only that has an alias. */
    public static void alias(Path models, String name, String alias, String version) {
        Folders.put(
                models.resolve(name).resolve("aliases.json"),
                ("{\"" + alias + "\": \"" + version + "\"}").getBytes(StandardCharsets.UTF_8));
    }
}
