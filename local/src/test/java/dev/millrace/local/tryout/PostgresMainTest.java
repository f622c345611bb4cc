package dev.millrace.local.tryout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.warehouse.PostgresPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresMainTest {
    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    private final int port = FreePort.any();

    @BeforeAll
    static void unpack() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the programs are Linux's");
        PostgresPrograms.unpack(programs);
    }

    @BeforeEach
    void password() throws IOException {
        password("it's a \"secret\"\n");
    }

    @Test
    void serves_who_has_the_password_and_keeps_rows_through_a_restart() throws Exception {
        // As a first start that was cut short leaves it.
        Path draft = Files.createDirectories(folder.resolve("state/postgres.draft/base"));
        Files.writeString(draft.resolve("half"), "written");
        try (Container container = start();
                Connection client = connect(container, "it's a \"secret\"")) {
            client.createStatement().execute("create table kept as select 42 as answer");
            assertThatThrownBy(() -> DriverManager.getConnection(url(), "millrace", "guessed"))
                    .hasMessageContaining("password authentication failed");
            assertThat(draft).doesNotExist();
            long start = System.nanoTime();
            container.end();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("does not wait for its clients")
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(container.output()).contains("database system is shut down");
        }
        // As Kubernetes leaves a volume that it mounts for a group; and the secret was changed meanwhile.
        Files.setPosixFilePermissions(folder.resolve("state/postgres"), PosixFilePermissions.fromString("rwxrwx---"));
        password("another");
        try (Container container = start();
                Connection client = connect(container, "another");
                ResultSet rows = client.createStatement().executeQuery("select answer from kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void says_what_is_wrong_with_the_password() throws Exception {
        password(" \n");
        try (Container container = start()) {
            assertThat(container.process().waitFor()).isEqualTo(1);
            assertThat(container.output()).contains(folder.resolve("password") + " is empty");
        }
    }

    private Container start() {
        return Container.start(
                PostgresMain.class,
                folder,
                Map.of(
                        "MILLRACE_POSTGRES_HOME", programs.toString(),
                        "MILLRACE_POSTGRES_PORT", Integer.toString(port),
                        "MILLRACE_POSTGRES_PASSWORD_FILE",
                                folder.resolve("password").toString()));
    }

    private void password(String content) throws IOException {
        Files.writeString(folder.resolve("password"), content);
    }

    private Connection connect(Container container, String password) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(container.process().isAlive())
                        .as(container::output)
                        .isTrue())
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> DriverManager.getConnection(url(), "millrace", password), connection -> true);
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/millrace";
    }
}
