package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import dev.millrace.local.stack.RunState;
import dev.millrace.local.stack.Service;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who has declared a pipeline with a model and has no model yet, by the commands that docs/training.md names. */
@Tag("long")
class FirstModelIT {
    private static final Path EXAMPLE = Stacks.home().resolve("examples/card-fraud");
    private static final String TRANSACTION =
            "{\"transaction_id\": \"t1\", \"customer_id\": \"7\", \"terminal_id\": \"8\","
                    + " \"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}";

    @Test
    void everything_starts_without_the_model_and_goes_on_once_it_is_registered(@TempDir Path pipelines)
            throws Exception {
        Files.copy(EXAMPLE.resolve("pipeline.yaml"), pipelines.resolve("pipeline.yaml"));
        String state = Stacks.state("first-model").toString();
        try (Cli up = Cli.start("up", pipelines.toString(), "--any-ports", "--fresh", "--state", state)) {
            up.awaitLine("pipeline card-fraud waits for model card-fraud, alias champion: it is not registered yet")
                    .awaitLine("Ctrl-C ends all of it");
            RunState stack = RunState.read(Path.of(state)).orElseThrow();
            predict(stack).statusCode(503).body("detail", containsString("./millrace models register"));
            given().contentType("application/json")
                    .body(TRANSACTION)
                    .post(address(stack, Service.INGEST).resolve("/pipelines/card-fraud/events"))
                    .then()
                    .statusCode(202)
                    .body("accepted", is(1));

            assertThat(Cli.run(
                                    "models",
                                    "register",
                                    "--state",
                                    state,
                                    "card-fraud",
                                    EXAMPLE.resolve("models/card-fraud/1").toString(),
                                    "--alias",
                                    "champion")
                            .output())
                    .contains("card-fraud: version 1 is registered; champion stands for it");

            Awaitility.await("the event that waited is a row with a score")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> scored(stack) == 1);
            Awaitility.await("a prediction")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> predict(stack).statusCode(200).body("version", equalTo("1")));
            up.stop();
        }
    }

    private static ValidatableResponse predict(RunState stack) {
        return given().contentType("application/json")
                .body("{\"model\": \"card-fraud\", \"inputs\": [" + TRANSACTION + "]}")
                .post(address(stack, Service.MODEL).resolve("/predict"))
                .then();
    }

    private static URI address(RunState stack, Service service) {
        return URI.create(stack.find(service.label()).orElseThrow().address());
    }

    private static int scored(RunState stack) throws IOException {
        String password = Files.readString(Path.of(stack.passwordFile())).strip();
        try (Connection connection = DriverManager.getConnection(stack.jdbcUrl(), stack.user(), password);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("select count(*) from fact_transaction where score is not null")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException notYetMade) {
            return 0;
        }
    }
}
