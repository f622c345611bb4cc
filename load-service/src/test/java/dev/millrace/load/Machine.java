package dev.millrace.load;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.local.warehouse.PostgresServer;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A broker and a warehouse for all tests of the module, started when first asked for and ended with the JVM. */
public final class Machine {
    public static final String USER = "postgres";

    private static final String BOOTSTRAP = "test.kafka";
    private static final String FOLDER = "test.folder";
    private static final String PASSWORD = "test.postgres.password";
    private static final String PORT = "test.postgres.port";

    static {
        // On a machine that does much else, ten seconds may pass before a broker answers.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private Machine() {}

    /** Quarkus loads this class more than once; system properties are what those share. */
    public static synchronized void start() {
        if (System.getProperty(FOLDER) != null) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("millrace-load");
            KafkaBroker broker = KafkaBroker.start(folder.resolve("kafka"), 0, Life.SHORT);
            PostgresServer postgres = PostgresServer.start(folder.resolve("postgres"), 0);
            System.setProperty(FOLDER, folder.toString());
            System.setProperty(BOOTSTRAP, broker.bootstrapServers());
            System.setProperty(PASSWORD, postgres.password());
            System.setProperty(PORT, Integer.toString(postgres.port()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                broker.kill();
                postgres.kill();
                delete(folder);
            }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String bootstrapServers() {
        start();
        return System.getProperty(BOOTSTRAP);
    }

    public static String jdbcUrl() {
        start();
        return "jdbc:postgresql://localhost:" + System.getProperty(PORT) + "/millrace";
    }

    public static String password() {
        start();
        return System.getProperty(PASSWORD);
    }

    public static AgroalDataSource warehouse() {
        return warehouse(jdbcUrl(), password());
    }

    public static AgroalDataSource warehouse(String jdbcUrl, String password) {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(20)
                            .validateOnBorrow(true)
                            // As Quarkus does; without one, Agroal gives out connections that have ended.
                            .connectionValidator(ConnectionValidator.defaultValidator())
                            .acquisitionTimeout(Duration.ofSeconds(10))
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(jdbcUrl)
                                    .principal(new NamePrincipal(USER))
                                    .credential(new SimplePassword(password)))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // A temporary folder.
        }
    }
}
