package dev.millrace.local.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }
}
