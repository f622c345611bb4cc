package dev.millrace.local.warehouse;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL on this machine, from its own binaries, with a database {@code millrace}. It listens on the loopback
 * address only and trusts who connects there. Its data stays in its folder. One thread starts and stops it.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String DATABASE = "millrace";

    private final EmbeddedPostgres postgres;
    private final Path data;

    private PostgresServer(EmbeddedPostgres postgres, Path data) {
        this.postgres = postgres;
        this.data = data;
    }

    /**
     * Starts the server and waits until it answers. One that a killed process left running on the folder is stopped
     * first.
     *
     * @param folder where its data and its log are; made if absent
     * @param port the port to listen on, or 0 for any free one
     */
    public static PostgresServer start(Path folder, int port) {
        try {
            Files.createDirectories(folder);
            Path data = folder.resolve("data");
            stop(data);
            Path log = folder.resolve("postgres.log");
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("max_wal_size", "2GB")
                    .setServerConfig("timezone", "UTC")
                    // The binaries' launcher is made for tests and trades durability for speed; data is to survive
                    // here.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()));
            if (port != 0) {
                builder.setPort(port);
            }
            PostgresServer server = new PostgresServer(builder.start(), data);
            server.createDatabase();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL can not be started in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Where JDBC connects, without user and password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + DATABASE;
    }

    /** The port it listens on. */
    public int port() {
        return postgres.getPort();
    }

    /** The database's name. */
    public String database() {
        return DATABASE;
    }

    /** The user to connect as. */
    public String user() {
        return "postgres";
    }

    /** The user's password; any is taken. */
    public String password() {
        return "postgres";
    }

    /** Its process, if it runs. */
    public Optional<ProcessHandle> process() {
        return postmaster(data);
    }

    /** Ends it at once, as a power cut does. */
    public void kill() {
        process().ifPresent(postmaster -> {
            postmaster.descendants().forEach(ProcessHandle::destroyForcibly);
            postmaster.destroyForcibly();
            postmaster.onExit().join();
        });
    }

    /** Ends it in order. */
    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException | IllegalStateException e) {
            stop(data);
        }
    }

    private void createDatabase() {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                connection.createStatement().execute("create database " + DATABASE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database " + DATABASE + " can not be made: " + e.getMessage(), e);
        }
    }

    private static void stop(Path data) {
        postmaster(data).ifPresent(postmaster -> {
            postmaster.destroy();
            try {
                postmaster.onExit().get(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                postmaster.destroyForcibly();
            }
        });
    }

    /** The first line of {@code postmaster.pid} is the server's process id. */
    private static Optional<ProcessHandle> postmaster(Path data) {
        Path file = data.resolve("postmaster.pid");
        try {
            long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
            return ProcessHandle.of(pid)
                    .filter(process -> process.info().command().orElse("").contains("postgres"));
        } catch (IOException | RuntimeException notRunning) {
            return Optional.empty();
        }
    }
}
