package dev.millrace.local.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.models.ModelTables;
import dev.millrace.local.models.RegistryClient;
import dev.millrace.local.stack.RunState;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The registry of models from a terminal. */
@Command(
        name = "models",
        description = {
            "List, show, compare, promote, roll back and register models.",
            "Asks the stack that runs here, or --url; MILLRACE_MODELS_TOKEN is sent where it is set."
        },
        subcommands = picocli.CommandLine.HelpCommand.class)
final class ModelsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAMPION = "champion";

    /** Where the registry is. */
    static final class RegistryOption {
        @Option(names = "--url", paramLabel = "URL", description = "A model-service, such as http://localhost:8083.")
        private URI url;

        @Mixin
        private StateOption state;

        RegistryClient client() {
            return new RegistryClient(address(), Optional.ofNullable(System.getenv("MILLRACE_MODELS_TOKEN")));
        }

        private URI address() {
            if (url != null) {
                return url;
            }
            return state.running()
                    .flatMap(running -> running.find(Service.MODEL.label()))
                    .map(RunState.Entry::address)
                    .map(URI::create)
                    .orElseThrow(() -> new StackException(
                            "Millrace does not run here; ./millrace up starts it, --url names a service elsewhere"));
        }
    }

    /** Who says so, and why. */
    static final class AuthorOption {
        @Option(
                names = "--by",
                defaultValue = "${sys:user.name}",
                description = "Who does it (default: ${sys:user.name}).")
        private String by;

        @Option(names = "--why", description = "Why, for the history.")
        private String why;

        Map<String, String> said() {
            Map<String, String> said = new LinkedHashMap<>();
            said.put("by", by);
            if (why != null) {
                said.put("why", why);
            }
            return said;
        }
    }

    @Mixin
    private RegistryOption registry;

    @Override
    public Integer call() {
        return list(registry);
    }

    @Command(name = "list", description = "Every model, its versions and aliases.")
    int list(@Mixin RegistryOption registry) {
        return print(ModelTables.models(registry.client().models()));
    }

    @Command(name = "show", description = "A model's versions with their metrics, or one version.")
    int show(
            @Mixin RegistryOption registry,
            @Parameters(paramLabel = "MODEL") String model,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "A version or an alias.")
                    String version) {
        RegistryClient client = registry.client();
        JsonNode found = client.model(model);
        return print(
                version == null
                        ? ModelTables.versions(found)
                        : ModelTables.version(client.version(model, resolved(found, version))));
    }

    @Command(name = "compare", description = "Two versions beside each other.")
    int compare(
            @Mixin RegistryOption registry,
            @Parameters(paramLabel = "MODEL") String model,
            @Parameters(
                            paramLabel = "VERSION",
                            arity = "0..1",
                            defaultValue = CHAMPION,
                            description = "A version or an alias (default: ${DEFAULT-VALUE}).")
                    String one,
            @Parameters(
                            paramLabel = "OTHER",
                            arity = "0..1",
                            defaultValue = "challenger",
                            description = "Another (default: ${DEFAULT-VALUE}).")
                    String other) {
        RegistryClient client = registry.client();
        JsonNode found = client.model(model);
        return print(ModelTables.comparison(
                client.version(model, resolved(found, one)), client.version(model, resolved(found, other))));
    }

    @Command(name = "history", description = "What was registered, promoted and rolled back, by whom and why.")
    int history(@Mixin RegistryOption registry, @Parameters(paramLabel = "MODEL") String model) {
        return print(ModelTables.history(registry.client().history(model)));
    }

    @Command(name = "promote", description = "Let an alias stand for a version, on every replica within seconds.")
    int promote(
            @Mixin RegistryOption registry,
            @Mixin AuthorOption author,
            @Option(names = "--alias", defaultValue = CHAMPION, description = "Default: ${DEFAULT-VALUE}.")
                    String alias,
            @Parameters(paramLabel = "MODEL") String model,
            @Parameters(paramLabel = "VERSION", description = "A version, or the alias of one.") String version) {
        RegistryClient client = registry.client();
        return print(List.of(ModelTables.moved(
                client.promote(model, alias, resolved(client.model(model), version), author.said()))));
    }

    @Command(name = "rollback", description = "Let an alias stand for the version before; once more: before that.")
    int rollBack(
            @Mixin RegistryOption registry,
            @Mixin AuthorOption author,
            @Option(names = "--alias", defaultValue = CHAMPION, description = "Default: ${DEFAULT-VALUE}.")
                    String alias,
            @Parameters(paramLabel = "MODEL") String model) {
        return print(List.of(ModelTables.moved(registry.client().rollBack(model, alias, author.said()))));
    }

    @Command(
            name = "register",
            description = "Register a version: a folder with model.onnx and model.json, or the two files.")
    int register(
            @Mixin RegistryOption registry,
            @Mixin AuthorOption author,
            @Option(names = "--alias", description = "An alias that is to stand for it, such as challenger.")
                    String alias,
            @Option(names = "--description", paramLabel = "FILE", description = "Default: model.json beside the model.")
                    Path description,
            @Parameters(paramLabel = "MODEL") String model,
            @Parameters(paramLabel = "PATH", description = "The ONNX file, or the folder of model.onnx.") Path path) {
        Path onnx = Files.isDirectory(path) ? path.resolve("model.onnx") : path;
        Path json = description == null ? onnx.resolveSibling("model.json") : description;
        Map<String, String> fields = new LinkedHashMap<>(author.said());
        fields.put("description", described(json));
        if (alias != null) {
            fields.put("alias", alias);
        }
        JsonNode registered = registry.client().register(model, bytes(onnx), fields);
        return print(List.of(model + ": version " + registered.path("version").asText() + " is registered"
                + (alias == null ? "" : "; " + alias + " stands for it")));
    }

    /** The description without what the registry gives: the version's name above all. */
    private static String described(Path file) {
        try {
            if (JSON.readTree(bytes(file)) instanceof ObjectNode description) {
                return description.without(List.of("name", "version", "sha256")).toString();
            }
            throw new StackException(file + " is no JSON object that describes a model");
        } catch (IOException e) {
            throw new StackException(file + " is no JSON: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StackException(file + " can not be read: " + e, e);
        }
    }

    /** The version that was named, by its own name or by an alias. */
    private static String resolved(JsonNode model, String name) {
        return model.path("aliases").path(name).asText(name);
    }

    private static int print(Iterable<String> lines) {
        PrintStream out = System.out;
        lines.forEach(out::println);
        return 0;
    }
}
