package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.training.command.TrainingCommands;
import io.restassured.path.json.JsonPath;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example recommend, from its sample to a click that names its list: what its page says. An interaction is sent while nobody
 * else asks, and the list that counts it is there within two seconds.
 */
@Tag("long")
class RecommendIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration COUNTED_WITHIN = Duration.ofSeconds(2);
    private static final int USERS = 10;

    @Test
    void lists_follow_what_users_do_and_clicks_name_their_list(@TempDir Path folder) throws Exception {
        Path example = Stacks.home().resolve("examples/recommend");
        Path pipelines = Files.createDirectories(folder.resolve("pipelines"));
        Path declaration = Files.copy(example.resolve("pipeline.yaml"), pipelines.resolve("shop.yaml"));
        Files.copy(example.resolve("items.csv"), pipelines.resolve("items.csv"));
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("recommend"))
                .withFreePorts()
                .withFolders(pipelines, Files.createDirectories(folder.resolve("models")))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT);
        try (Stack stack = Stack.start(settings, line -> System.out.println("recommend: " + line))) {
            Path data = Files.createDirectories(stack.data().resolve("shop"));
            Files.copy(example.resolve("interactions.csv"), data.resolve("interactions.csv"));
            Warehouse warehouse = new Warehouse(stack.postgres());
            warehouse.await(PATIENCE, "select count(*) from fact_interaction", "3819");
            train(stack, declaration, folder.resolve("report"));

            JsonPath stranger = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> ask(stack, "nobody"), answer -> answer.getString("basis") != null);
            assertThat(stranger.getString("basis")).isEqualTo("popular");
            assertThat(stranger.getString("popularity")).isEqualTo("training");

            for (int user = 0; user < USERS; user++) {
                String who = "new-" + user;
                choose(stack, who, "p60", null);
                Instant sent = Instant.now();
                JsonPath list = await(who)
                        .pollInterval(Duration.ofMillis(20))
                        .atMost(PATIENCE)
                        .until(
                                () -> ask(stack, who),
                                answer -> answer.getString("basis").equals("history"));
                Duration taken = Duration.between(sent, Instant.now());
                System.out.println("recommend: counted within " + taken.toMillis() + " ms");
                if (user > 0) {
                    assertThat(taken).as("but for the very first").isLessThan(COUNTED_WITHIN);
                }
                choose(stack, who, list.getString("items[1].item"), list.getString("list_id"));
            }

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ask(stack, "nobody").getString("popularity"))
                            .isEqualTo("now"));
            assertThat(ask(stack, "nobody").getList("items.item")).contains("p60");
            warehouse.await(PATIENCE, """
                            select count(distinct shown.list_id) || ' at ' || avg(shown.place)::integer
                            from millrace.recommended shown
                            join fact_interaction chosen using (list_id) join dim_item using (item_key)
                            where item_id = shown.item and basis = 'history'
                            """, USERS + " at 2");
        }
    }

    private static void train(Stack stack, Path declaration, Path report) {
        StringWriter said = new StringWriter();
        int code = TrainingCommands.execute(
                new PrintWriter(said),
                "train",
                declaration.toString(),
                "--warehouse=" + stack.postgres().jdbcUrl() + "?password="
                        + stack.postgres().password(),
                "--user=" + stack.postgres().user(),
                "--registry=" + stack.address(Service.MODEL),
                "--report=" + report,
                "--quick");
        assertThat(code).as(said.toString()).isZero();
        assertThat(said.toString()).contains("it passed its gates and is champion");
    }

    private static JsonPath ask(Stack stack, String user) {
        return given().contentType("application/json")
                .body("{\"model\": \"recommend\", \"inputs\": [{\"user_id\": \"" + user + "\", \"k\": 3}]}")
                .post(stack.address(Service.MODEL).resolve("/predict"))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .setRootPath("predictions[0]");
    }

    private static void choose(Stack stack, String user, String item, String list) {
        given().contentType("application/json")
                .body("{\"interaction_id\": \"" + user + "-" + item + "\", \"user_id\": \"" + user
                        + "\", \"item_id\": \""
                        + item + "\", \"kind\": \"view\", \"at\": \"" + Instant.now() + "\""
                        + (list == null ? "" : ", \"list_id\": \"" + list + "\"") + "}")
                .post(stack.address(Service.INGEST).resolve("/pipelines/shop/events"))
                .then()
                .statusCode(202);
    }
}
