package dev.millrace.local.tryout;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One PostgreSQL server in the foreground, for trying out. It makes its database {@code millrace} at the first start and
 * gives the user {@code millrace} the password of {@code MILLRACE_POSTGRES_PASSWORD_FILE} at each, so that a changed one
 * takes a restart. Nothing listens before the password is set; whoever connects needs it. SIGTERM ends the server in
 * order without waiting for its clients.
 */
public final class PostgresMain {
    private static final String NAME = "millrace";
    private static final String ACCESS = """
            # type  database  user  address  method
            host    all       all   all      scram-sha-256
            """;
    private static final long STOPS_WITHIN_SECONDS = 60;
    private static final int FAILED = 1;

    private final Path programs;
    private final Path folder;
    private final Path data;
    private final int port;
    private final Path passwordFile;

    private PostgresMain(Map<String, String> environment) {
        programs = Path.of(Setting.MILLRACE_POSTGRES_HOME.in(environment)).resolve("bin");
        folder = Path.of(Setting.MILLRACE_STATE_DIR.in(environment));
        data = folder.resolve("postgres");
        port = Setting.MILLRACE_POSTGRES_PORT.portIn(environment);
        passwordFile = Path.of(Setting.MILLRACE_POSTGRES_PASSWORD_FILE.in(environment));
    }

    /** Serves until it is asked to end; exits with the server's own exit code. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            System.exit(new PostgresMain(System.getenv()).serve());
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println("millrace: " + e.getMessage());
            System.exit(FAILED);
        }
    }

    private int serve() throws IOException, InterruptedException {
        String password = password();
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            make(password);
        }
        // Kubernetes opens a mounted volume to its group again at each start; the server refuses such a folder.
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        alone(data, "postgres", "alter role " + NAME + " password " + quoted(password));
        Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
        Process server = new ProcessBuilder(command()).inheritIO().start();
        Thread end = new Thread(() -> stop(server), "end");
        Runtime.getRuntime().addShutdownHook(end);
        return server.waitFor();
    }

    private String password() throws IOException {
        if (!Files.isReadable(passwordFile)) {
            throw new IllegalStateException("the password's file " + passwordFile + " is not there or can not be read");
        }
        String password = Files.readString(passwordFile).strip();
        if (password.isEmpty()) {
            throw new IllegalStateException("the password's file " + passwordFile + " is empty");
        }
        if (password.indexOf('\n') >= 0) {
            throw new IllegalStateException("the password's file " + passwordFile + " has more than one line");
        }
        return password;
    }

    /** Beside its place and moved there when it is whole: a start that was cut short is begun again. */
    private void make(String password) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path draft = folder.resolve("postgres.draft");
        delete(draft);
        run(List.of(
                program("initdb"),
                "--pgdata=" + draft,
                "--username=" + NAME,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        alone(draft, "template1", "create database " + NAME);
        delete(data);
        Files.move(draft, data);
    }

    /** Runs a statement in a server of its own that listens to nobody. */
    private void alone(Path where, String database, String statement) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        program("postgres"), "--single", "-c", "exit_on_error=true", "-D", where.toString(), database)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream input = process.getOutputStream()) {
            input.write((statement + "\n").getBytes(StandardCharsets.UTF_8));
        }
        require(process, "postgres --single");
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(program("postgres"), "-D", data.toString()));
        Map.of(
                        "listen_addresses", "*",
                        "port", Integer.toString(port),
                        // Nothing of the root file system can be written.
                        "unix_socket_directories", "",
                        "timezone", "UTC",
                        "log_timezone", "UTC",
                        "max_wal_size", "2GB")
                .forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
        return command;
    }

    /** The fast way to end is a signal that the JDK can not send; {@code pg_ctl} can. */
    private void stop(Process server) {
        if (!server.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder(program("pg_ctl"), "stop", "--mode=fast", "--no-wait", "-D", data.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor();
            server.waitFor(STOPS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            server.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String program(String name) {
        return programs.resolve(name).toString();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        require(new ProcessBuilder(command).inheritIO().start(), command.get(0));
    }

    private static void require(Process process, String name) throws InterruptedException {
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(name + " failed with exit code " + code);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
