package dev.millrace.model.registry;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What was changed in the book, when, by whom and why. Written once, never changed. */
@Entity
@Table(name = "changes")
public class ChangeEntry extends PanacheEntityBase {
    /** Grows with each change. */
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    /** The model's name. */
    public String model;

    /** What was done. */
    @Enumerated(EnumType.STRING)
    public Change.Kind kind;

    /** The alias that was moved; null where a version was registered. */
    public String alias;

    /** The version that the alias stood for before; null if for none. */
    @Column(name = "from_version")
    public String fromVersion;

    /** The version that it stands for since, or that was registered; null if the alias was taken away. */
    @Column(name = "to_version")
    public String toVersion;

    /** When. */
    @Column(name = "changed_at")
    public Instant changedAt;

    /** Who said that it was them. */
    @Column(name = "changed_by")
    public String changedBy;

    /** Why, as they said it. */
    public String why;

    static List<ChangeEntry> latest(String model, int limit) {
        return find("model = ?1 order by id desc", model).page(0, limit).list();
    }

    static List<ChangeEntry> of(String model, String alias) {
        return list("model = ?1 and alias = ?2 order by id", model, alias);
    }

    static Optional<ChangeEntry> latestTraining(String model) {
        return find(
                        "model = ?1 and kind in ?2 order by id desc",
                        model,
                        List.of(Change.Kind.TRAIN, Change.Kind.TRAIN_FAILED))
                .page(0, 1)
                .firstResultOptional();
    }

    /** Writes down what is changed. */
    static void write(String model, Change.Kind kind, String alias, String from, String to, Author author) {
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
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    Change change() {
        return new Change(changedAt, kind, alias, fromVersion, toVersion, changedBy, why);
    }
}
