package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells a newcomer to do with a pipeline of their own. */
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
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("first"))
                .withFreePorts()
                .withFolders(pipelines, pipelines.resolve("models"))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT);
        try (Stack stack = Stack.start(settings, line -> System.out.println("first: " + line))) {
            send(stack, event.group(1)).body("accepted", is(1));
            awaitPages(stack, List.of("/cart"));

            Files.writeString(file, declaration.replace("  sinks:", rule.replace("page.", "pgae.") + "  sinks:"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> given().when()
                            .get(stack.address(Service.TRANSFORM).resolve("/q/health/ready"))
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
                            .get(stack.address(Service.TRANSFORM).resolve("/q/health/ready"))
                            .then()
                            .statusCode(200)
                            .body(not(containsString("Did you mean"))));
            send(stack, "{\"at\": \"2026-03-01T14:32:00Z\", \"page\": \"nowhere\"}")
                    .body("accepted", is(1));
            send(stack, "{\"at\": \"2026-03-01T14:33:00Z\", \"page\": \"/paid\"}")
                    .body("accepted", is(1));
            awaitPages(stack, List.of("/cart", "/pay", "/paid"));
        }
    }

    /** A pipeline that is just being changed asks to come again. */
    private static io.restassured.response.ValidatableResponse send(Stack stack, String event) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> post(stack, event), response -> response.extract().statusCode() != 503)
                .statusCode(202);
    }

    private static io.restassured.response.ValidatableResponse post(Stack stack, String event) {
        return given().contentType("application/json")
                .body(event)
                .when()
                .post(stack.address(Service.INGEST).resolve("/pipelines/clicks/events"))
                .then();
    }

    private static void awaitPages(Stack stack, List<String> pages) {
        Awaitility.await("rows " + pages)
                .atMost(Duration.ofSeconds(30))
                .until(() -> pages(stack).equals(pages));
    }

    private static List<String> pages(Stack stack) {
        try {
            return new Warehouse(stack.postgres()).values("select page from fact_click order by at");
        } catch (SQLException notYetMade) {
            return List.of();
        }
    }
}
