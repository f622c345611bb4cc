package dev.millrace.model.registry;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;

/** Which version an alias stands for. */
@Entity
@Table(name = "aliases")
public class AliasEntry extends PanacheEntityBase {
    /** Means nothing. */
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    /** The model's name. */
    public String model;
    /** The alias. */
    public String alias;
    /** The version that it stands for. */
    public String version;

    static Optional<AliasEntry> find(String model, String alias) {
        return find("model = ?1 and alias = ?2", model, alias).firstResultOptional();
    }

    static List<AliasEntry> of(String model) {
        return list("model = ?1 order by alias", model);
    }
}
