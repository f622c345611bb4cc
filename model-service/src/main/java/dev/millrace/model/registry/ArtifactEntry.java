package dev.millrace.model.registry;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A model's bytes in the database. Written once, never changed. */
@Entity
@Table(name = "artifacts")
public class ArtifactEntry extends PanacheEntityBase {
    /** The checksum of the bytes. */
    @Id
    public String sha256;

    /** The bytes. */
    public byte[] onnx;
}
