package dev.millrace.training.register;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Versions as folders, {@code <model>/<number>/model.onnx} and {@code model.json}, and {@code <model>/aliases.json}. */
public final class FolderRegistry implements Registry {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path root;

    public FolderRegistry(Path root) {
        this.root = root;
    }

    @Override
    public Optional<Present> find(String model, String alias) {
        try {
            String version = aliases(model).get(alias);
            if (version == null) {
                return Optional.empty();
            }
            Path folder = root.resolve(model).resolve(version);
            return Optional.of(new Present(
                    version,
                    (ObjectNode) JSON.readTree(folder.resolve("model.json").toFile()),
                    Optional.of(Files.readAllBytes(folder.resolve("model.onnx")))));
        } catch (IOException e) {
            throw new TrainingException("the models in " + root + " can not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String register(Version version, String alias, String why) {
        try {
            Path model = Files.createDirectories(root.resolve(version.model()));
            String name = Integer.toString(last(model) + 1);
            Path draft = Files.createDirectory(model.resolve("." + name + ".draft"));
            Files.write(draft.resolve("model.onnx"), version.onnx());
            ObjectNode description = JSON.createObjectNode().put("name", version.model());
            description.put("version", name);
            description.setAll(version.description());
            Files.writeString(draft.resolve("model.json"), JSON.writeValueAsString(description) + "\n");
            Files.move(draft, model.resolve(name));
            promote(version.model(), name, alias, why);
            return name;
        } catch (IOException e) {
            throw new TrainingException("the model can not be written below " + root + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void promote(String model, String version, String alias, String why) {
        try {
            Map<String, String> aliases = new TreeMap<>(aliases(model));
            aliases.put(alias, version);
            Path file = root.resolve(model).resolve("aliases.json");
            Path draft = file.resolveSibling(".aliases.draft");
            Files.writeString(draft, JSON.writeValueAsString(aliases) + "\n");
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new TrainingException("the aliases of " + model + " can not be written: " + e.getMessage(), e);
        }
    }

    @Override
    public String place() {
        return root.toString();
    }

    private Map<String, String> aliases(String model) throws IOException {
        Path file = root.resolve(model).resolve("aliases.json");
        return Files.exists(file) ? JSON.readValue(file.toFile(), new TypeReference<>() {}) : Map.of();
    }

    private static int last(Path model) throws IOException {
        try (Stream<Path> children = Files.list(model)) {
            return children.map(child -> child.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{1,9}"))
                    .mapToInt(Integer::parseInt)
                    .max()
                    .orElse(0);
        }
    }
}
