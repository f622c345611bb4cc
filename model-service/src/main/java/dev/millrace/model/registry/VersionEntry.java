package dev.millrace.model.registry;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A version in the book: written once, never changed. */
@Entity
@Table(name = "versions")
public class VersionEntry extends PanacheEntityBase {
    /** Grows with each version, of whichever model. */
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    /** The model's name. */
    public String model;
    /** The version's name. */
    public String version;
    /** What was said of it, as JSON, word for word. */
    public String description;
    /** The checksum of its bytes. */
    public String sha256;
    /** How many bytes it has. */
    public int bytes;
    /** Where its bytes are. */
    public String artifact;
    /** How it came: over HTTP, from a folder, from another registry. */
    public String origin;

    /** When it was registered. */
    @Column(name = "registered_at")
    public Instant registeredAt;

    /** Who said that it was them who registered it. */
    @Column(name = "registered_by")
    public String registeredBy;

    static Optional<VersionEntry> find(String model, String version) {
        return find("model = ?1 and version = ?2", model, version).firstResultOptional();
    }

    static List<VersionEntry> of(String model) {
        return list("model = ?1 order by id", model);
    }
}
