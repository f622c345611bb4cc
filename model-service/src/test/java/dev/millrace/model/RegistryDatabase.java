package dev.millrace.model;

import dev.millrace.local.warehouse.PostgresServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives the service a database for its registry, which then wants a token, and ends it as a power cut does. */
public class RegistryDatabase implements QuarkusTestResourceLifecycleManager {
    /** Who changes the registry has to send it. */
    public static final String TOKEN = "a-token-of-tests";

    // JDK types in system properties, because Quarkus loads this class a second time in a class loader of its own.
    private static final String KILL = "millrace.test.registry.kill";
    private static final String START = "millrace.test.registry.start";
    private static final String URL = "millrace.test.registry.url";

    private Path folder;
    private PostgresServer postgres;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "registry");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        postgres = PostgresServer.start(folder, 0);
        System.getProperties().put(KILL, (Runnable) () -> postgres.kill());
        System.getProperties().put(START, (Runnable) this::startAgain);
        System.setProperty(URL, postgres.jdbcUrl() + "?user=" + postgres.user() + "&password=" + postgres.password());
        return Map.of(
                "quarkus.datasource.jdbc.url", postgres.jdbcUrl(),
                "quarkus.datasource.username", postgres.user(),
                "quarkus.datasource.password", postgres.password(),
                "millrace.models.token", TOKEN,
                "millrace.models.linger", "1s");
    }

    private void startAgain() {
        int port = postgres.port();
        postgres.close();
        postgres = PostgresServer.start(folder, port);
    }

    /** Ends the database at once. */
    public static void kill() {
        ((Runnable) System.getProperties().get(KILL)).run();
    }

    /** Starts it again where it was. */
    public static void startAfterKill() {
        ((Runnable) System.getProperties().get(START)).run();
    }

    /** Where JDBC connects, with user and password. */
    public static String url() {
        return System.getProperty(URL);
    }

    @Override
    public void stop() {
        postgres.close();
        Folders.delete(folder);
    }
}
