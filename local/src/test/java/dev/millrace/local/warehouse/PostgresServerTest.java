package dev.millrace.local.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.local.process.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    Path folder;

    @Test
    void has_its_rows_again_after_it_was_killed() throws SQLException {
        try (PostgresServer server = PostgresServer.start(folder, 0)) {
            try (Connection connection = connect(server)) {
                connection.createStatement().execute("create table kept as select 42 as answer");
            }
            server.kill();
            assertThat(server.process()).isEmpty();
        }
        try (PostgresServer again = PostgresServer.start(folder, 0);
                Connection connection = connect(again);
                ResultSet rows = connection.createStatement().executeQuery("select answer from kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void lets_nobody_in_without_its_password() throws IOException {
        try (PostgresServer server = PostgresServer.start(folder, 0)) {
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "guessed"))
                    .hasMessageContaining("password authentication failed");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void takes_the_place_of_one_that_was_left_running_with_clients() throws Exception {
        int port = leaveBehind();
        String password = Files.readString(folder.resolve("password"));
        String url = "jdbc:postgresql://localhost:" + port + "/millrace";
        try (Connection client = DriverManager.getConnection(url, "postgres", password);
                PostgresServer server = PostgresServer.start(folder, port);
                Connection connection = connect(server)) {
            assertThat(connection.isValid(1)).isTrue();
            assertThat(client.isValid(1)).isFalse();
        }
    }

    private int leaveBehind() throws Exception {
        Path output = folder.resolve("output");
        Process program = new Launch(
                        List.of(Launch.java(), LeavesServerBehind.class.getName(), folder.toString()),
                        Map.of("CLASSPATH", System.getProperty("surefire.test.class.path")),
                        output)
                .start();
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(output);
        return Integer.parseInt(lines.get(lines.size() - 1));
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }
}
