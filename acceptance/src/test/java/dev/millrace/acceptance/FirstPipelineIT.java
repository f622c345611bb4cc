package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.stack.RunState;
import dev.millrace.local.stack.Service;
import dev.millrace.local.warehouse.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells a newcomer to do with a pipeline of their own, by the commands that it names. */
class FirstPipelineIT {
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern EVENT = Pattern.compile("clicks/events .* -d '(.*)'");

    @Test
    void ten_lines_of_yaml_make_rows_and_an_edit_holds_without_a_restart(@TempDir Path pipelines) throws Exception {
        String readme = Files.readString(Stacks.home().resolve("README.md"));
        Matcher blocks = YAML.matcher(readme);
        blocks.find();
        String declaration = blocks.group(1);
        blocks.find();
        String rule = blocks.group(1);
        Matcher event = EVENT.matcher(readme);
        event.find();
        Path file = pipelines.resolve("clicks.yaml");
        Files.writeString(file, declaration);
        String state = Stacks.state("first").toString();
        try (Cli up = Cli.start("up", pipelines.toString(), "--any-ports", "--fresh", "--state", state)) {
            up.awaitLine("Ctrl-C ends all of it");
            RunState stack = RunState.read(Path.of(state)).orElseThrow();
            send(stack, event.group(1)).body("accepted", is(1));
            awaitPages(stack, List.of("/cart"));

            Files.writeString(file, declaration.replace("  sinks:", rule.replace("page.", "pgae.") + "  sinks:"));
            up.awaitLine("Did you mean 'page'?");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> given().when()
                            .get(address(stack, Service.TRANSFORM).resolve("/q/health/ready"))
                            .then()
                            .statusCode(200)
                            .body(containsString("Did you mean 'page'?")));
            send(stack, "{\"at\": \"2026-03-01T14:31:00Z\", \"page\": \"/pay\"}")
                    .body("accepted", is(1));
            awaitPages(stack, List.of("/cart", "/pay"));

            Files.writeString(file, declaration.replace("  sinks:", rule + "  sinks:"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> given().when()
                            .get(address(stack, Service.TRANSFORM).resolve("/q/health/ready"))
                            .then()
                            .statusCode(200)
                            .body(not(containsString("Did you mean"))));
            send(stack, "{\"at\": \"2026-03-01T14:32:00Z\", \"page\": \"nowhere\"}")
                    .body("accepted", is(1));
            send(stack, "{\"at\": \"2026-03-01T14:33:00Z\", \"page\": \"/paid\"}")
                    .body("accepted", is(1));
            awaitPages(stack, List.of("/cart", "/pay", "/paid"));

            assertThat(Cli.run("status", "--state", state).output())
                    .containsPattern("(?m)^ *(kafka|postgres) +up +")
                    .containsPattern("(?m)^ *ingest +up +http://localhost:\\d+")
                    .containsPattern("(?m)^ *load +3 ")
                    .containsPattern("rejected by transform +quality.known-page +1");
            refusesWhatIsTaken(pipelines, stack, state);
            endsInOrder(up, stack, state);
        }
        isEndedWhileItStarts(pipelines, state);
    }

    private static void refusesWhatIsTaken(Path pipelines, RunState stack, String state) throws Exception {
        assertThat(Cli.run("up", pipelines.toString(), "--any-ports", "--state", state))
                .satisfies(again -> assertThat(again.exit()).isEqualTo(1))
                .satisfies(again -> assertThat(again.output()).contains("Millrace runs already on " + state));
        int taken = address(stack, Service.INGEST).getPort();
        String other = Stacks.state("beside").toString();
        String[] ports = {
            "--kafka-port=0",
            "--postgres-port=0",
            "--port-ingest=" + taken,
            "--port-transform=0",
            "--port-model=0",
            "--port-load=0"
        };
        assertThat(Cli.run(Stream.concat(Stream.of("up", "--state", other), Stream.of(ports))
                        .toArray(String[]::new)))
                .satisfies(beside -> assertThat(beside.exit()).isEqualTo(1))
                .satisfies(beside -> assertThat(beside.output())
                        .contains("port " + taken + " for ingest is taken by another program", "--port-ingest"));
    }

    private static void endsInOrder(Cli up, RunState stack, String state) throws Exception {
        assertThat(up.stop().exit()).isEqualTo(143);

        assertThat(stack.processes())
                .hasSize(6)
                .allSatisfy(entry ->
                        assertThat(entry.process().find()).as(entry.name()).isEmpty());
        for (Service service : Service.values()) {
            assertThat(Path.of(stack.find(service.label()).orElseThrow().log()))
                    .content()
                    .contains("stopped in");
        }
        assertThat(Path.of(stack.find("postgres").orElseThrow().log()))
                .content()
                .contains("database system is shut down");
        assertThat(Cli.run("down", "--state", state).output()).contains("nothing runs");
    }

    private static void isEndedWhileItStarts(Path pipelines, String state) throws Exception {
        try (Cli up = Cli.start("up", pipelines.toString(), "--any-ports", "--state", state)) {
            Path folder = Path.of(state);
            Awaitility.await("it has begun")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> RunState.read(folder).isPresent());

            assertThat(Cli.run("down", "--state", state).output()).contains("ended ");

            assertThat(up.ended().output()).doesNotContain("Ctrl-C ends all of it", "Exception");
            assertThat(KafkaBroker.endFormer(folder.resolve("kafka"))).isFalse();
            assertThat(PostgresServer.endFormer(folder.resolve("postgres"))).isFalse();
        }
    }

    @Test
    @Tag("long")
    void rows_survive_a_restart_and_a_fresh_start_forgets_them(@TempDir Path pipelines) throws Exception {
        Matcher declaration = YAML.matcher(Files.readString(Stacks.home().resolve("README.md")));
        declaration.find();
        Files.writeString(pipelines.resolve("clicks.yaml"), declaration.group(1));
        for (List<String> run : List.of(List.of("--fresh"), List.<String>of(), List.of("--fresh"))) {
            String state = Stacks.state("survives").toString();
            List<String> arguments =
                    new ArrayList<>(List.of("up", pipelines.toString(), "--any-ports", "--state", state));
            arguments.addAll(run);
            try (Cli up = Cli.start(arguments.toArray(String[]::new))) {
                up.awaitLine("Ctrl-C ends all of it");
                RunState stack = RunState.read(Path.of(state)).orElseThrow();
                List<String> expected = run.isEmpty() ? List.of("/one", "/one") : List.of("/one");
                send(stack, "{\"at\": \"2026-03-01T14:30:00Z\", \"page\": \"/one\", \"n\": " + System.nanoTime() + "}")
                        .body("accepted", is(1));
                awaitPages(stack, expected);
                up.stop();
            }
        }
    }

    private static URI address(RunState stack, Service service) {
        return URI.create(stack.find(service.label()).orElseThrow().address());
    }

    /** A pipeline that is just being changed asks to come again. */
    private static io.restassured.response.ValidatableResponse send(RunState stack, String event) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> post(stack, event), response -> response.extract().statusCode() != 503)
                .statusCode(202);
    }

    private static io.restassured.response.ValidatableResponse post(RunState stack, String event) {
        return given().contentType("application/json")
                .body(event)
                .when()
                .post(address(stack, Service.INGEST).resolve("/pipelines/clicks/events"))
                .then();
    }

    private static void awaitPages(RunState stack, List<String> pages) {
        Awaitility.await("rows " + pages)
                .atMost(Duration.ofSeconds(30))
                .until(() -> pages(stack).equals(pages));
    }

    private static List<String> pages(RunState stack) throws IOException {
        String password = Files.readString(Path.of(stack.passwordFile())).strip();
        try (Connection connection = DriverManager.getConnection(stack.jdbcUrl(), stack.user(), password);
                ResultSet rows = connection.createStatement().executeQuery("select page from fact_click order by at")) {
            List<String> pages = new ArrayList<>();
            while (rows.next()) {
                pages.add(rows.getString(1));
            }
            return pages;
        } catch (SQLException notYetMade) {
            return List.of();
        }
    }
}
