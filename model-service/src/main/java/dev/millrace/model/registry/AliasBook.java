package dev.millrace.model.registry;

import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Which version each alias stands for, in a registry that is kept in PostgreSQL. Changes come one after the other, whichever
 * replica makes them. Thread-safe.
 */
@Singleton
final class AliasBook {
    private final RegistryDatabase database;

    AliasBook(RegistryDatabase database) {
        this.database = database;
    }

    /**
     * Lets the alias stand for that version.
     *
     * @param expected the version that it has to stand for now, if the caller cares
     */
    Moved promote(String model, String alias, String version, Optional<String> expected, Author author) {
        return database.oneAfterTheOther(() -> {
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
        return database.inTransaction(() -> previous(model, alias));
    }

    /**
     * Lets the alias stand for the version before, which has to be that one; once more: for the one before that.
     *
     * @param target what {@link #before} said
     */
    Moved rollBack(String model, String alias, String target, Author author) {
        return database.oneAfterTheOther(() -> {
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
        return database.oneAfterTheOther(() -> {
            AliasEntry.find(model, alias).orElseThrow(() -> Problems.unknownAlias(model, alias));
            return move(model, alias, Optional.empty(), Change.Kind.REMOVE, author);
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

    /** Lets the alias stand for that version, or for none. Within a change of the caller. */
    static Moved move(String model, String alias, Optional<String> version, Change.Kind kind, Author author) {
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
        ChangeEntry.write(model, kind, alias, from, to, author);
        return new Moved(model, alias, from, to, true);
    }
}
