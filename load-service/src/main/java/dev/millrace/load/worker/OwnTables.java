package dev.millrace.load.worker;

import jakarta.enterprise.context.ApplicationScoped;
import org.flywaydb.core.Flyway;

/**
 * Millrace's own tables in the warehouse. They are migrated when a worker first reaches the database, not at the start of
 * the service: a database that is away must not keep the service from starting. Thread-safe.
 */
@ApplicationScoped
public class OwnTables {
    private final Flyway flyway;

    OwnTables(Flyway flyway) {
        this.flyway = flyway;
    }

    /** Makes them exist in the newest form. */
    public synchronized void provide() {
        flyway.migrate();
    }
}
