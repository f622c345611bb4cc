package dev.millrace.model.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A registry that is kept in PostgreSQL: its versions. Thread-safe. */
@Singleton
final class ModelBook implements ModelSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What two descriptions of the same version may differ in. */
    private static final Set<String> GIVEN_BY_THE_BOOK = Set.of("name", "version", "sha256", "createdAt");

    private final RegistryDatabase database;
    private final S3Storage storage;
    private final ArtifactStore newArtifacts;

    ModelBook(RegistryDatabase database, ModelsSettings settings) {
        this.database = database;
        this.storage = new S3Storage(settings.s3());
        this.newArtifacts = store(settings.artifacts());
    }

    /** Whether there is a database at all. */
    boolean isKept() {
        return database.isThere();
    }

    @PreDestroy
    void close() {
        storage.close();
    }

    private ArtifactStore store(String location) {
        if (location.equals(DatabaseArtifacts.LOCATION)) {
            return new DatabaseArtifacts();
        }
        if (S3Address.isMeant(location)) {
            return new S3Artifacts(S3Address.of(location), storage);
        }
        return new FolderArtifacts(location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location));
    }

    @Override
    public Catalog catalog() {
        return database.inTransaction(() -> {
            Map<String, List<String>> versions = new TreeMap<>();
            // Not their descriptions: this is asked every few seconds.
            for (Object[] name : Panache.getEntityManager()
                    .createQuery("select v.model, v.version from VersionEntry v order by v.id", Object[].class)
                    .getResultList()) {
                versions.computeIfAbsent((String) name[0], model -> new ArrayList<>())
                        .add((String) name[1]);
            }
            Map<String, Map<String, String>> aliases = new TreeMap<>();
            for (AliasEntry entry : AliasEntry.<AliasEntry>listAll()) {
                aliases.computeIfAbsent(entry.model, model -> new TreeMap<>()).put(entry.alias, entry.version);
            }
            Map<String, Catalog.Entry> models = new TreeMap<>();
            versions.forEach((model, names) ->
                    models.put(model, new Catalog.Entry(names, aliases.getOrDefault(model, Map.of()))));
            return new Catalog(models, Map.of());
        });
    }

    @Override
    public Optional<Registration.OfModel> detail(String model) {
        return database.inTransaction(() -> {
            List<Registration> versions =
                    VersionEntry.of(model).stream().map(ModelBook::registration).toList();
            return versions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Registration.OfModel(aliases(model), versions));
        });
    }

    private static Map<String, String> aliases(String model) {
        Map<String, String> aliases = new LinkedHashMap<>();
        AliasEntry.of(model).forEach(entry -> aliases.put(entry.alias, entry.version));
        return aliases;
    }

    private static Registration registration(VersionEntry entry) {
        return new Registration(
                entry.version,
                tree(entry.description),
                Optional.of(new Registration.Registered(
                        entry.registeredAt, entry.registeredBy, entry.origin, entry.bytes)));
    }

    @Override
    public StoredModel read(String model, String version) throws InvalidModelException {
        String place = "version " + version + " of model " + model;
        VersionEntry entry = database.inTransaction(() -> VersionEntry.find(model, version))
                .orElseThrow(() -> new InvalidModelException("there is no " + place + " in the registry"));
        byte[] onnx;
        try {
            ArtifactStore store = store(entry.artifact);
            onnx = store.isInDatabase()
                    ? database.inTransaction(() -> store.read(entry.sha256))
                    : store.read(entry.sha256);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidModelException(place + " can not be read: " + e.getMessage(), e);
        }
        return new StoredModel(
                StoredModel.describe(entry.description, place),
                entry.description,
                onnx,
                place,
                "the ONNX file of " + place);
    }

    /** What was changed of the model, the latest first. */
    List<Change> history(String model, int limit) {
        return database.inTransaction(() -> ChangeEntry.latest(model, limit).stream()
                .map(ChangeEntry::change)
                .toList());
    }

    /** What became of a version that was to be registered; not created if it was there already, the same in all. */
    record Outcome(String version, boolean created) {}

    /** Registers a version, and lets the alias stand for it if one is named. */
    Outcome register(NewVersion wanted, Optional<String> alias, Author author) {
        keepElsewhere(wanted);
        return database.oneAfterTheOther(() -> {
            Outcome outcome = insert(wanted, Change.Kind.REGISTER, author);
            alias.ifPresent(name ->
                    AliasBook.move(wanted.model(), name, Optional.of(outcome.version()), Change.Kind.PROMOTE, author));
            return outcome;
        });
    }

    /** Takes over what the book does not have yet of a model; the aliases only if it has nothing of the model. */
    void bring(String model, List<NewVersion> versions, Map<String, String> aliases, Author author) {
        if (!newArtifacts.isInDatabase()) {
            Set<String> there = checksums(model).keySet();
            versions.stream()
                    .filter(version -> !there.contains(version.version().orElseThrow()))
                    .forEach(this::keepElsewhere);
        }
        database.oneAfterTheOther(() -> {
            boolean known = VersionEntry.count("model", model) > 0;
            for (NewVersion version : versions) {
                if (VersionEntry.find(model, version.version().orElseThrow()).isEmpty()) {
                    insert(version, Change.Kind.IMPORT, author);
                }
            }
            if (!known) {
                aliases.forEach((alias, version) ->
                        AliasBook.move(model, alias, Optional.of(version), Change.Kind.IMPORT, author));
            }
            return null;
        });
    }

    /** The checksums of a model's versions. */
    Map<String, String> checksums(String model) {
        return database.inTransaction(() -> VersionEntry.of(model).stream()
                .collect(Collectors.toMap(entry -> entry.version, entry -> entry.sha256)));
    }

    private Outcome insert(NewVersion wanted, Change.Kind kind, Author author) throws IOException {
        List<VersionEntry> there = VersionEntry.of(wanted.model());
        Optional<String> same = same(wanted, there);
        if (same.isPresent()) {
            return new Outcome(same.get(), false);
        }
        String version = wanted.version().orElseGet(() -> next(there));
        if (newArtifacts.isInDatabase()) {
            newArtifacts.keep(wanted.sha256(), wanted.onnx());
        }
        VersionEntry entry = new VersionEntry();
        entry.model = wanted.model();
        entry.version = version;
        entry.description = text(wanted.describedAs(version));
        entry.sha256 = wanted.sha256();
        entry.bytes = wanted.onnx().length;
        entry.artifact = newArtifacts.location();
        entry.origin = wanted.origin();
        entry.registeredAt = ChangeEntry.now();
        entry.registeredBy = author.name();
        entry.persist();
        ChangeEntry.write(wanted.model(), kind, null, null, version, author);
        return new Outcome(version, true);
    }

    /**
     * Bytes that do not go into the database go where they belong before the change has its turn, so that no other change waits for
     * them.
     */
    private void keepElsewhere(NewVersion wanted) {
        if (!newArtifacts.isInDatabase()
                && database.inTransaction(() -> same(wanted, VersionEntry.of(wanted.model())))
                        .isEmpty()) {
            try {
                newArtifacts.keep(wanted.sha256(), wanted.onnx());
            } catch (IOException e) {
                throw new RegistryAwayException("the file can not be kept: " + e.getMessage(), e);
            }
        }
    }

    /** The version that is the same in all, if there is one; refused if there is another one of its name. */
    private static Optional<String> same(NewVersion wanted, List<VersionEntry> there) {
        for (VersionEntry entry : there) {
            boolean same = entry.sha256.equals(wanted.sha256())
                    && sayTheSame(tree(entry.description), wanted.description())
                    && wanted.version()
                            .filter(name -> !name.equals(entry.version))
                            .isEmpty();
            if (same) {
                return Optional.of(entry.version);
            }
            if (wanted.version().filter(entry.version::equals).isPresent()) {
                throw new ProblemException(Problem.of(
                        409,
                        "version-exists",
                        "There is such a version",
                        "Version " + entry.version + " of model '" + wanted.model()
                                + "' was registered with another file or description, and versions never change."
                                + " Leave the version out to get the next number."));
            }
        }
        return Optional.empty();
    }

    private static String next(List<VersionEntry> there) {
        return there.stream()
                .map(entry -> entry.version)
                .filter(version -> version.matches("[0-9]{1,18}"))
                .map(BigInteger::new)
                .max(BigInteger::compareTo)
                .orElse(BigInteger.ZERO)
                .add(BigInteger.ONE)
                .toString();
    }

    private static boolean sayTheSame(ObjectNode one, ObjectNode other) {
        return one.deepCopy().remove(GIVEN_BY_THE_BOOK).equals(other.deepCopy().remove(GIVEN_BY_THE_BOOK));
    }

    private static ObjectNode tree(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description in the registry is no JSON", e);
        }
    }

    private static String text(ObjectNode json) {
        return json.toString();
    }
}
