package dev.millrace.model.registry;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.Pipelines;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Changes the registry, after it has seen that what is asked for can be served: a version that does not load, or that a
 * pipeline which uses the model has no fields for, is refused. What it changed holds on this replica when it returns.
 * Thread-safe.
 */
@ApplicationScoped
public class Registrar {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MODEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern ALIAS = Pattern.compile("[a-z][-a-z0-9]{0,62}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,63}");
    private static final String HTTP = "http";

    private final Models models;
    private final ModelBook book;
    private final AliasBook aliases;
    private final ModelsSettings settings;
    private final Pipelines pipelines;

    Registrar(Models models, ModelBook book, AliasBook aliases, ModelsSettings settings, Pipelines pipelines) {
        this.models = models;
        this.book = book;
        this.aliases = aliases;
        this.settings = settings;
        this.pipelines = pipelines;
    }

    /**
     * Registers a version.
     *
     * @param model the model's name
     * @param description JSON that says at least which features it takes, in order, its labels and threshold; its
     *     {@code version} is the version's name, without one it gets the next number
     * @param onnx its bytes
     * @param alias an alias that is to stand for it from now on
     * @throws ProblemException if it is refused; nothing was changed
     */
    ModelBook.Outcome register(String model, byte[] description, byte[] onnx, Optional<String> alias, Author author) {
        return register(model, description, onnx, alias, author, HTTP);
    }

    private ModelBook.Outcome register(
            String model, byte[] description, byte[] onnx, Optional<String> alias, Author author, String origin) {
        requireBook();
        require("model", MODEL, model);
        alias.ifPresent(name -> require("alias", ALIAS, name));
        NewVersion wanted = wanted(model, description, onnx, origin);
        tryOut(wanted);
        ModelBook.Outcome outcome = changing(() -> book.register(wanted, alias, author));
        models.look();
        return outcome;
    }

    /**
     * Registers a version that an MLflow server has. What the description does not say, such as metrics, is taken from there.
     *
     * @param address {@code models:/name@alias} or {@code models:/name/version}
     * @throws ProblemException if it is refused; nothing was changed
     */
    ModelBook.Outcome registerFrom(
            String address, String model, byte[] description, Optional<String> alias, Author author) {
        requireBook();
        URI server = settings.mlflow()
                .orElseThrow(() -> Problems.refused("no MLflow server is configured (millrace.models.mlflow)"));
        if (!MlflowServer.isAddress(address)) {
            throw Problems.invalid(List.of(
                    new Problem.Entry("source", "models:/name@alias or models:/name/version", "'" + address + "'")));
        }
        try {
            MlflowServer.Fetched fetched = new MlflowServer(server, settings.mlflowToken()).fetch(address);
            ObjectNode whole = fetched.known();
            whole.setAll(object(description));
            return register(
                    model,
                    whole.toString().getBytes(StandardCharsets.UTF_8),
                    fetched.onnx(),
                    alias,
                    author,
                    fetched.origin());
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(502, "mlflow", "MLflow did not give the version", e.getMessage() + "."));
        }
    }

    /** Lets the alias stand for that version; {@code expected} is what it has to stand for until then, if that matters. */
    Moved promote(String model, String alias, String version, Optional<String> expected, Author author) {
        requireBook();
        require("alias", ALIAS, alias);
        requireUsable(model, version);
        Moved moved = changing(() -> aliases.promote(model, alias, version, expected, author));
        models.look();
        return moved;
    }

    /** Lets the alias stand for the version that it stood for before. */
    Moved rollBack(String model, String alias, Author author) {
        requireBook();
        String previous = changing(() -> aliases.before(model, alias));
        requireUsable(model, previous);
        Moved moved = changing(() -> aliases.rollBack(model, alias, previous, author));
        models.look();
        return moved;
    }

    /** Takes the alias away. */
    Moved remove(String model, String alias, Author author) {
        requireBook();
        Moved moved = changing(() -> aliases.remove(model, alias, author));
        models.look();
        return moved;
    }

    /** What was changed of the model, the latest first. */
    List<Change> history(String model, int limit) {
        requireBook();
        List<Change> changes = changing(() -> book.history(model, limit));
        if (changes.isEmpty()) {
            throw Problems.unknownModel(model, models.names());
        }
        return changes;
    }

    /** All that is known of a model. */
    Registration.OfModel detail(String model) {
        try {
            return changing(() -> models.source().detail(model))
                    .orElseThrow(() -> Problems.unknownModel(model, models.names()));
        } catch (IOException e) {
            throw Problems.away(new RegistryAwayException("it can not be read: " + e, e));
        }
    }

    /** A version's file. */
    byte[] file(String model, String version) {
        boolean there = detail(model).versions().stream()
                .anyMatch(registration -> registration.version().equals(version));
        if (!there) {
            throw Problems.unknownVersion(model, version);
        }
        try {
            return models.source().read(model, version).onnx();
        } catch (InvalidModelException | IOException | RegistryAwayException e) {
            throw Problems.away(new RegistryAwayException("its file can not be read: " + e.getMessage(), e));
        }
    }

    private interface Call<T, E extends Exception> {
        T call() throws E;
    }

    private static <T, E extends Exception> T changing(Call<T, E> call) throws E {
        try {
            return call.call();
        } catch (RegistryAwayException e) {
            throw Problems.away(e);
        }
    }

    private void requireBook() {
        if (!book.isKept()) {
            throw new ProblemException(Problem.of(
                    409,
                    "read-only-registry",
                    "The registry is a folder",
                    "This service has no database (quarkus.datasource.jdbc.url), so that its registry is the folder "
                            + settings.dir().toAbsolutePath()
                            + ": put versions there, and say in <model>/aliases.json which one an alias stands for."));
        }
    }

    private static void require(String what, Pattern pattern, String name) {
        if (!pattern.matcher(name).matches()) {
            throw Problems.invalid(
                    List.of(new Problem.Entry("/" + what, "a name such as " + pattern.pattern(), "'" + name + "'")));
        }
    }

    private static NewVersion wanted(String model, byte[] json, byte[] onnx, String origin) {
        ObjectNode description = object(json);
        Optional<String> version = text(description, "version");
        version.ifPresent(name -> require("version", VERSION, name));
        List<Problem.Entry> entries = new ArrayList<>();
        String sha256 = Checksum.of(onnx);
        requireSame(entries, "name", text(description, "name"), model);
        requireSame(entries, "sha256", text(description, "sha256"), sha256);
        if (!entries.isEmpty()) {
            throw Problems.invalid(entries);
        }
        if (!description.has("createdAt")) {
            description.put(
                    "createdAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        return new NewVersion(model, version, description, onnx, sha256, origin);
    }

    private static ObjectNode object(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw Problems.invalid(List.of(
                    new Problem.Entry("description", "a JSON object", json.length == 0 ? "nothing" : "another")));
        } catch (JsonProcessingException e) {
            throw Problems.invalid(
                    List.of(new Problem.Entry("description", "a JSON object", "no JSON: " + e.getOriginalMessage())));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
    }

    private static Optional<String> text(ObjectNode description, String name) {
        JsonNode node = description.path(name);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node.asText());
    }

    private static void requireSame(
            List<Problem.Entry> entries, String member, Optional<String> said, String expected) {
        said.filter(text -> !text.equals(expected))
                .ifPresent(text -> entries.add(new Problem.Entry(
                        "description/" + member, "'" + expected + "', or to leave it out", "'" + text + "'")));
    }

    /** Loads it as a replica would, and unloads it again. */
    private void tryOut(NewVersion wanted) {
        String name = wanted.version().orElse("new");
        String json = wanted.describedAs(name).toString();
        try {
            ModelDescription description = StoredModel.describe(json, "the description");
            Model model =
                    ModelLoader.load(new StoredModel(description, json, wanted.onnx(), "the model", "the ONNX file"));
            model.close();
            requireFit(model);
        } catch (InvalidModelException | OrtException e) {
            throw Problems.refused(e.getMessage());
        }
    }

    private void requireUsable(String model, String version) {
        Optional<Model> there = models.version(model, version);
        if (there.isEmpty() && !models.versions(model).contains(version)) {
            // Registered a moment ago at another replica, perhaps.
            models.look();
            there = models.version(model, version);
        }
        if (there.isEmpty()) {
            if (models.versions(model).contains(version)) {
                throw Problems.refused("version " + version + " of model '" + model
                        + "' can not be loaded; the service's log says why");
            }
            throw models.versions(model).isEmpty()
                    ? Problems.unknownModel(model, models.names())
                    : Problems.unknownVersion(model, version);
        }
        requireFit(there.get());
    }

    /** Every pipeline that uses the model has to have what this version needs. */
    private void requireFit(Model model) {
        for (Pipeline pipeline : pipelines.all()) {
            boolean uses = pipeline.declaration()
                    .spec()
                    .model()
                    .filter(reference ->
                            reference.name().equals(model.description().name()))
                    .isPresent();
            model.misfit(pipeline).filter(why -> uses).ifPresent(why -> {
                throw Problems.refused("it does not fit the events of pipeline '" + pipeline.name()
                        + "', which uses the model: " + why);
            });
        }
    }
}
