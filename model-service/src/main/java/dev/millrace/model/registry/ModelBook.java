package dev.millrace.model.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.quarkus.hibernate.orm.panache.Panache;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/**
 * A registry that is kept in PostgreSQL. Its tables are made when the database is first reached, not at the start of the
 * service: a database that is away must not keep the service from starting. Changes come one after the other, whichever
 * replica makes them. Thread-safe.
 */
@Singleton
final class ModelBook implements ModelSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS = 30;
    /** What two descriptions of the same version may differ in. */
    private static final Set<String> GIVEN_BY_THE_BOOK = Set.of("name", "version", "sha256", "createdAt");

    private final Optional<String> url;
    private final Instance<Flyway> flyway;
    private final S3Storage storage;
    private final ArtifactStore newArtifacts;
    private volatile boolean provided;

    ModelBook(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") Optional<String> url,
            Instance<Flyway> flyway,
            ModelsSettings settings) {
        this.url = url.filter(text -> !text.isBlank());
        this.flyway = flyway;
        this.storage = new S3Storage(settings.s3());
        this.newArtifacts = store(settings.artifacts());
    }

    /** Whether there is a database at all. */
    boolean isKept() {
        return url.isPresent();
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
        return inTransaction(() -> {
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
        return inTransaction(() -> {
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
        VersionEntry entry = inTransaction(() -> VersionEntry.find(model, version))
                .orElseThrow(() -> new InvalidModelException("there is no " + place + " in the registry"));
        byte[] onnx;
        try {
            ArtifactStore store = store(entry.artifact);
            onnx = store.isInDatabase() ? inTransaction(() -> store.read(entry.sha256)) : store.read(entry.sha256);
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
        return inTransaction(() -> ChangeEntry.latest(model, limit).stream()
                .map(ChangeEntry::change)
                .toList());
    }

    /** What became of a version that was to be registered; not created if it was there already, the same in all. */
    record Outcome(String version, boolean created) {}

    /** Registers a version, and lets the alias stand for it if one is named. */
    Outcome register(NewVersion wanted, Optional<String> alias, Author author) {
        keepElsewhere(wanted);
        return inOneAfterTheOther(() -> {
            Outcome outcome = insert(wanted, Change.Kind.REGISTER, author);
            alias.ifPresent(
                    name -> move(wanted.model(), name, Optional.of(outcome.version()), Change.Kind.PROMOTE, author));
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
        inOneAfterTheOther(() -> {
            boolean known = VersionEntry.count("model", model) > 0;
            for (NewVersion version : versions) {
                if (VersionEntry.find(model, version.version().orElseThrow()).isEmpty()) {
                    insert(version, Change.Kind.IMPORT, author);
                }
            }
            if (!known) {
                aliases.forEach(
                        (alias, version) -> move(model, alias, Optional.of(version), Change.Kind.IMPORT, author));
            }
            return null;
        });
    }

    /** The checksums of a model's versions. */
    Map<String, String> checksums(String model) {
        return inTransaction(() -> VersionEntry.of(model).stream()
                .collect(Collectors.toMap(entry -> entry.version, entry -> entry.sha256)));
    }

    /**
     * Lets the alias stand for that version.
     *
     * @param expected the version that it has to stand for now, if the caller cares
     */
    Moved promote(String model, String alias, String version, Optional<String> expected, Author author) {
        return inOneAfterTheOther(() -> {
            VersionEntry.find(model, version).orElseThrow(() -> Problems.unknownVersion(model, version));
            String now =
                    AliasEntry.find(model, alias).map(entry -> entry.version).orElse("");
            if (expected.isPresent() && !expected.get().equals(now)) {
                throw new ProblemException(Problem.of(
                        409,
                        "alias-moved",
                        "The alias was moved by somebody else",
                        "Alias '" + alias + "' of model '" + model + "' stands for "
                                + (now.isEmpty() ? "no version" : "version " + now) + ", not for version "
                                + expected.get() + ". Nothing was changed."));
            }
            return move(model, alias, Optional.of(version), Change.Kind.PROMOTE, author);
        });
    }

    /** The version that the alias stood for before the one that it stands for now. */
    String before(String model, String alias) {
        return inTransaction(() -> previous(model, alias));
    }

    /**
     * Lets the alias stand for the version before, which has to be that one; once more: for the one before that.
     *
     * @param target what {@link #before} said
     */
    Moved rollBack(String model, String alias, String target, Author author) {
        return inOneAfterTheOther(() -> {
            String previous = previous(model, alias);
            if (!previous.equals(target)) {
                throw new ProblemException(Problem.of(
                        409,
                        "alias-moved",
                        "The alias was moved by somebody else",
                        "Alias '" + alias + "' of model '" + model + "' was moved meanwhile. Nothing was changed."));
            }
            return move(model, alias, Optional.of(previous), Change.Kind.ROLLBACK, author);
        });
    }

    /** Takes the alias away. */
    Moved remove(String model, String alias, Author author) {
        return inOneAfterTheOther(() -> {
            AliasEntry.find(model, alias).orElseThrow(() -> Problems.unknownAlias(model, alias));
            return move(model, alias, Optional.empty(), Change.Kind.REMOVE, author);
        });
    }

    /** See {@link TrainingLog#claim}. */
    boolean claimTraining(String model, Duration cooldown, Duration retryAfter, Author author) {
        return inOneAfterTheOther(() -> {
            Optional<ChangeEntry> last = ChangeEntry.latestTraining(model);
            boolean waits = last.filter(entry -> {
                        Duration wait = entry.kind == Change.Kind.TRAIN ? cooldown : retryAfter;
                        return entry.changedAt.plus(wait).isAfter(now());
                    })
                    .isPresent();
            if (!waits) {
                write(model, Change.Kind.TRAIN, null, null, null, author);
            }
            return !waits;
        });
    }

    /** See {@link TrainingLog#failed}. */
    void trainingFailed(String model, Author author) {
        inOneAfterTheOther(() -> {
            write(model, Change.Kind.TRAIN_FAILED, null, null, null, author);
            return null;
        });
    }

    private static String previous(String model, String alias) {
        AliasEntry.find(model, alias).orElseThrow(() -> Problems.unknownAlias(model, alias));
        Deque<String> stoodFor = new ArrayDeque<>();
        for (ChangeEntry change : ChangeEntry.of(model, alias)) {
            switch (change.kind) {
                case PROMOTE, IMPORT -> stoodFor.push(change.toVersion);
                case ROLLBACK -> stoodFor.pop();
                case REMOVE -> stoodFor.clear();
                case REGISTER, TRAIN, TRAIN_FAILED ->
                    throw new IllegalStateException("no alias is registered or trained");
            }
        }
        if (stoodFor.size() < 2) {
            throw new ProblemException(Problem.of(
                    409,
                    "nothing-to-roll-back-to",
                    "There is no version to roll back to",
                    "Alias '" + alias + "' of model '" + model + "' stood for no other version before version "
                            + stoodFor.peek() + ". Promote the version that it is to stand for."));
        }
        stoodFor.pop();
        return stoodFor.peek();
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
        entry.registeredAt = now();
        entry.registeredBy = author.name();
        entry.persist();
        write(wanted.model(), kind, null, null, version, author);
        return new Outcome(version, true);
    }

    /**
     * Bytes that do not go into the database go where they belong before the change has its turn, so that no other change waits for
     * them.
     */
    private void keepElsewhere(NewVersion wanted) {
        if (!newArtifacts.isInDatabase()
                && inTransaction(() -> same(wanted, VersionEntry.of(wanted.model())))
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

    private static Moved move(String model, String alias, Optional<String> version, Change.Kind kind, Author author) {
        Optional<AliasEntry> there = AliasEntry.find(model, alias);
        String from = there.map(entry -> entry.version).orElse(null);
        String to = version.orElse(null);
        if (to != null && to.equals(from)) {
            return new Moved(model, alias, from, to, false);
        }
        if (to == null) {
            there.ifPresent(AliasEntry::delete);
        } else {
            AliasEntry entry = there.orElseGet(AliasEntry::new);
            entry.model = model;
            entry.alias = alias;
            entry.version = to;
            entry.persist();
        }
        write(model, kind, alias, from, to, author);
        return new Moved(model, alias, from, to, true);
    }

    private static void write(String model, Change.Kind kind, String alias, String from, String to, Author author) {
        ChangeEntry change = new ChangeEntry();
        change.model = model;
        change.kind = kind;
        change.alias = alias;
        change.fromVersion = from;
        change.toVersion = to;
        change.changedAt = now();
        change.changedBy = author.name();
        change.why = author.why().orElse(null);
        change.persist();
    }

    /** As exact as the database keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
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

    /** One change at a time, of all replicas; who reads is not held up. */
    private <T> T inOneAfterTheOther(Callable<T> change) {
        return inTransaction(() -> {
            Panache.getEntityManager()
                    .createNativeQuery("LOCK TABLE millrace_models.changes IN SHARE ROW EXCLUSIVE MODE")
                    .executeUpdate();
            return change.call();
        });
    }

    private <T> T inTransaction(Callable<T> work) {
        try {
            provideTables();
            return QuarkusTransaction.requiringNew().timeout(SECONDS).call(() -> {
                try {
                    return work.call();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (ProblemException | UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException) {
                    throw new RegistryAwayException(
                            "the registry's database can not be used: " + cause.getMessage(), e);
                }
            }
            throw e;
        }
    }

    private void provideTables() {
        if (!provided) {
            synchronized (this) {
                if (!provided) {
                    flyway.get().migrate();
                    provided = true;
                }
            }
        }
    }
}
