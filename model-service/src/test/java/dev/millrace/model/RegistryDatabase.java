package dev.millrace.model;

import dev.millrace.local.warehouse.PostgresServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives the service a database for its registry, which then wants a token, and hands the test {@code killDatabase} and {@code startDatabase}. */
public class RegistryDatabase implements QuarkusTestResourceLifecycleManager {
    /** Who changes the registry has to send it. */
    public static final String TOKEN = "a-token-of-tests";

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
        return Map.of(
                "quarkus.datasource.jdbc.url",
                postgres.jdbcUrl(),
                "quarkus.datasource.username",
                postgres.user(),
                "quarkus.datasource.password",
                postgres.password(),
                "millrace.models.token",
                TOKEN,
                "millrace.models.linger",
                "1s",
                "millrace.retraining.every",
                "200ms",
                // It says who was to be trained, and fails.
                "millrace.retraining.command",
                "sh,-c,echo {pipeline} >> " + folder.resolve("trained") + "; echo no facts; exit 3");
    }

    private void startAgain() {
        int port = postgres.port();
        postgres.close();
        postgres = PostgresServer.start(folder, port);
    }

    @Override
    public void inject(TestInjector fields) {
        fields.injectIntoFields(
                (Runnable) () -> postgres.kill(), field -> field.getName().equals("killDatabase"));
        fields.injectIntoFields(
                (Runnable) this::startAgain, field -> field.getName().equals("startDatabase"));
        fields.injectIntoFields(
                folder.resolve("trained"), field -> field.getName().equals("trained"));
    }

    @Override
    public void stop() {
        postgres.close();
        Folders.delete(folder);
    }
}
