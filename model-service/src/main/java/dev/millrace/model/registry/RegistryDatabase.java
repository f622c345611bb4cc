package dev.millrace.model.registry;

import dev.millrace.service.problem.ProblemException;
import io.quarkus.hibernate.orm.panache.Panache;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/**
 * The database of the registry. Its tables are made when it is first reached, not at the start of the service: a database
 * that is away must not keep the service from starting. Thread-safe.
 */
@Singleton
final class RegistryDatabase {
    private static final int SECONDS = 30;

    private final Optional<String> url;
    private final Instance<Flyway> flyway;
    private volatile boolean provided;

    RegistryDatabase(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") Optional<String> url, Instance<Flyway> flyway) {
        this.url = url.filter(text -> !text.isBlank());
        this.flyway = flyway;
    }

    /** Whether there is a database at all. */
    boolean isThere() {
        return url.isPresent();
    }

    /** One change at a time, of all replicas; who reads is not held up. */
    <T> T oneAfterTheOther(Callable<T> change) {
        return inTransaction(() -> {
            Panache.getEntityManager()
                    .createNativeQuery("LOCK TABLE millrace_models.changes IN SHARE ROW EXCLUSIVE MODE")
                    .executeUpdate();
            return change.call();
        });
    }

    /** All of the work or none of it; a database that is away is reported as such. */
    <T> T inTransaction(Callable<T> work) {
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
