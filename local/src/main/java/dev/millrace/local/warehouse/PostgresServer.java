package dev.millrace.local.warehouse;

import dev.millrace.local.process.Stop;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * PostgreSQL on this machine, from its own binaries, with a database {@code millrace}. It listens on the loopback
 * address only and asks for a password, which it makes up once and keeps in its folder for its owner alone. Its data stays in its folder. One thread starts and stops it.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String DATABASE = "millrace";
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
    private static final String ACCESS = """
            # type  database  user  address       method
            local   all       all                 scram-sha-256
            host    all       all   127.0.0.1/32  scram-sha-256
            host    all       all   ::1/128       scram-sha-256
            """;

    private final EmbeddedPostgres postgres;
    private final Path data;
    private final String password;

    private PostgresServer(EmbeddedPostgres postgres, Path data, String password) {
        this.postgres = postgres;
        this.data = data;
        this.password = password;
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
            endFormer(folder);
            String password = Password.in(folder);
            Path log = folder.resolve("postgres.log");
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(120))
                    .setConnectConfig("password", password)
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
            PostgresServer server = new PostgresServer(builder.start(), data, password);
            server.prepare();
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

    /** The user's password. */
    public String password() {
        return password;
    }

    /** The file that holds the password, readable by its owner alone. */
    public Path passwordFile() {
        return Password.file(data.getParent());
    }

    /** Its process, if it runs. */
    public Optional<ProcessHandle> process() {
        return postmaster(data);
    }

    /** Ends it at once, as a power cut does. */
    public void kill() {
        process().ifPresent(Stop::now);
    }

    /** Ends it in order, without waiting for its clients. */
    @Override
    public void close() {
        stop(data);
        try {
            // Nothing runs any more; this gives back the lock on the folder.
            postgres.close();
        } catch (IOException | IllegalStateException alreadyStopped) {
            // That is what was wanted.
        }
    }

    /** Ends a server that still holds the folder because its starter was killed; tells whether there was one. */
    public static boolean endFormer(Path folder) {
        return stop(folder.resolve("data"));
    }

    private void prepare() throws IOException {
        Path access = data.resolve("pg_hba.conf");
        try (Connection connection =
                        DriverManager.getConnection(jdbcUrl().replace("/" + DATABASE, "/postgres"), user(), password);
                Statement statement = connection.createStatement()) {
            if (!Files.readString(access).equals(ACCESS)) {
                statement.execute("alter user postgres password '" + password + "'");
                Files.writeString(access, ACCESS);
                statement.execute("select pg_reload_conf()");
            }
            try (ResultSet found =
                    statement.executeQuery("select from pg_database where datname = '" + DATABASE + "'")) {
                if (!found.next()) {
                    connection.createStatement().execute("create database " + DATABASE);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database " + DATABASE + " can not be made: " + e.getMessage(), e);
        }
    }

    private static boolean stop(Path data) {
        Optional<ProcessHandle> postmaster = postmaster(data);
        postmaster.ifPresent(process -> Stop.byInterrupt(process, STOPS_WITHIN));
        return postmaster.isPresent();
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
