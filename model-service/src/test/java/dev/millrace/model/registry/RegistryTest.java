package dev.millrace.model.registry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.RegisteredModel;
import dev.millrace.model.RegistryDatabase;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.TinyOnnx;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
@WithTestResource(RegistryDatabase.class)
class RegistryTest {
    private static final String PREDICT =
            "{\"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}";

    Runnable killDatabase;
    Runnable startDatabase;
    /** Where the program that stands for a training writes down that it was run. */
    Path trained;

    @Inject
    TrainingLog trainings;

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @Test
    void what_lies_in_the_folder_is_imported_with_the_aliases_of_a_new_model() {
        given().get("/models").then().statusCode(200).body("model", hasItem("card-fraud"));
        given().get("/models/card-fraud/versions/1")
                .then()
                .statusCode(200)
                .body("features.name", hasItem("tx_amount"))
                .body("metrics.auc_roc", equalTo(0.637f))
                .body("registered.by", equalTo("folder"))
                .body("registered.origin", containsString("/card-fraud/1"))
                .body(
                        "sha256",
                        equalTo(RegisteredModel.example("x", "1")
                                .description()
                                .path("sha256")
                                .asText()));
        given().get("/models/card-fraud/history")
                .then()
                .statusCode(200)
                .body("kind", hasItem("import"))
                .body("find { it.alias == 'champion' && it.kind == 'import' }.to", equalTo("1"));
    }

    @Test
    void a_version_that_appears_in_the_folder_is_imported_and_its_aliases_do_not_count_any_more() {
        Path folder = Path.of(configured("millrace.models.dir"));
        RegisteredModel.example("seeded", "1").write(folder);
        RegisteredModel.alias(folder, "seeded", "champion", "1");
        awaitVersions("seeded", "1");

        RegisteredModel.example("seeded", "2").write(folder);
        RegisteredModel.alias(folder, "seeded", "champion", "2");

        awaitVersions("seeded", "1", "2");
        given().get("/models/seeded")
                .then()
                .body("aliases.champion", equalTo("1"))
                .body("versions[0].aliases", contains("champion"));
    }

    @Test
    void another_file_in_the_folder_under_a_registered_version_is_named_and_changes_nothing() {
        Path folder = Path.of(configured("millrace.models.dir"));
        put("tampered", RegisteredModel.of("tampered", "tx_amount", 1, TinyOnnx.logarithm()))
                .statusCode(201)
                .body("version", equalTo("1"));

        RegisteredModel.of("tampered", "tx_amount", 1, TinyOnnx.lookup()).write(folder);
        RegisteredModel.alias(folder, "tampered", "champion", "1");

        ServiceReady.await(
                "the mistake",
                states -> states.getOrDefault("model tampered", "").contains("is not the file that was registered"));
        given().get("/models/tampered").then().body("aliases.size()", equalTo(0));
    }

    @Test
    void a_registered_version_is_numbered_described_and_served_once_it_is_promoted() {
        register("numbered", "1")
                .statusCode(201)
                .header("Location", containsString("/models/numbered/versions/1"))
                .body("version", equalTo("1"))
                .body("metrics.auc_roc", notNullValue())
                .body("parameters.trees", equalTo(100))
                .body("registered.by", equalTo("ann"))
                .body("aliases", hasSize(0));
        assertThat(given().get("/models/numbered/versions/1/model.onnx")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asByteArray())
                .isEqualTo(RegisteredModel.example("numbered", "1").onnx());
        given().get("/models/numbered/versions/9/model.onnx").then().statusCode(404);
        RegisteredModel second = RegisteredModel.example("numbered", "1");
        second.description().put("threshold", 0.9);
        put("numbered", second).statusCode(201).body("version", equalTo("2"));

        promote("numbered", "champion", "1")
                .statusCode(200)
                .body("version", equalTo("1"))
                .body("changed", equalTo(true));
        promote("numbered", "champion", "1").statusCode(200).body("changed", equalTo(false));
        promote("numbered", "champion", "2").statusCode(200).body("from", equalTo("1"));
        given().get("/models/numbered")
                .then()
                .statusCode(200)
                .body("aliases.champion", equalTo("2"))
                .body("versions.version", contains("1", "2"));
        rollBack("numbered", "champion")
                .statusCode(200)
                .body("from", equalTo("2"))
                .body("version", equalTo("1"));
        rollBack("numbered", "champion").statusCode(409).body("type", equalTo("/problems/nothing-to-roll-back-to"));
        given().get("/models/numbered/history")
                .then()
                .statusCode(200)
                .body("kind", contains("rollback", "promote", "promote", "register", "register"))
                .body("[0].by", equalTo("bob"))
                .body("[0].why", equalTo("too many alarms"))
                .body("[0].from", equalTo("2"))
                .body("[0].to", equalTo("1"));
    }

    @Test
    void each_rollback_goes_one_version_further_back() {
        for (int i = 1; i <= 3; i++) {
            RegisteredModel model = RegisteredModel.example("steps", "1");
            model.description().put("threshold", i / 10.0);
            put("steps", model).statusCode(201);
            promote("steps", "champion", Integer.toString(i)).statusCode(200);
        }

        rollBack("steps", "champion").body("version", equalTo("2"));
        rollBack("steps", "champion").body("version", equalTo("1"));
        promote("steps", "champion", "3").body("from", equalTo("1"));
        rollBack("steps", "champion").body("version", equalTo("1"));
    }

    @Test
    void the_same_version_again_changes_nothing() {
        register("again", "1").statusCode(201);
        register("again", "1").statusCode(200).body("version", equalTo("1"));

        given().get("/models/again").then().body("versions", hasSize(1));
        given().get("/models/again/history").then().body("", hasSize(1));
    }

    @Test
    void an_alias_may_come_with_the_version_and_be_taken_away() {
        RegisteredModel model = RegisteredModel.example("candidate", "1");
        authorised()
                .multiPart("onnx", "model.onnx", model.onnx())
                .multiPart("description", described(model).toString())
                .multiPart("alias", "challenger")
                .put("/models/candidate/versions")
                .then()
                .statusCode(201)
                .body("aliases", contains("challenger"));

        authorised().delete("/models/candidate/aliases/challenger").then().statusCode(200);

        given().get("/models/candidate").then().body("aliases.size()", equalTo(0));
        promote("candidate", "challenger", "1").body("changed", equalTo(true));
        rollBack("candidate", "challenger").statusCode(409);
    }

    @Test
    void what_can_not_be_served_is_refused() {
        RegisteredModel noModel =
                RegisteredModel.of("refused", "tx_amount", 1, "no model".getBytes(StandardCharsets.UTF_8));
        put("refused", noModel).statusCode(422).body("type", equalTo("/problems/model-refused"));

        RegisteredModel otherInputs = RegisteredModel.example("refused", "1");
        otherInputs.description().withArray("features").remove(0);
        put("refused", otherInputs).statusCode(422).body("detail", containsString("rows × 4"));

        put("refused", RegisteredModel.of("refused", "tx_amount", -1, TinyOnnx.logarithm()))
                .statusCode(422)
                .body("detail", containsString("NaN"));

        put("refused", RegisteredModel.of("refused", "tx_amount", 1, TinyOnnx.oneRowOnly()))
                .statusCode(422);

        RegisteredModel undescribed = RegisteredModel.example("refused", "1");
        undescribed.description().remove("labels");
        put("refused", undescribed).statusCode(422).body("detail", containsString("it has no labels"));

        put("card-fraud", RegisteredModel.of("card-fraud", "tx_sum", 1, TinyOnnx.logarithm()))
                .statusCode(422)
                .body("detail", containsString("pipeline 'card-fraud'"))
                .body("detail", containsString("tx_sum"));

        given().get("/models/refused").then().statusCode(404).body("type", equalTo("/problems/unknown-model"));
    }

    @Test
    void a_request_that_is_not_whole_is_refused() {
        authorised()
                .multiPart("alias", "challenger")
                .put("/models/m/versions")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("violations.where", contains("onnx", "description"));
        RegisteredModel model = RegisteredModel.example("m", "1");
        put("Not a name", model).statusCode(400).body("violations[0].where", equalTo("/model"));
        model.description().put("sha256", "0");
        authorised()
                .multiPart("onnx", "model.onnx", model.onnx())
                .multiPart("description", model.description().toString())
                .put("/models/m/versions")
                .then()
                .statusCode(400)
                .body("violations[0].where", equalTo("description/sha256"));
        authorised()
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/models/card-fraud/aliases/champion")
                .then()
                .statusCode(400)
                .body("violations[0].where", equalTo("/version"));
        promote("card-fraud", "Champion", "1").statusCode(400);
        promote("card-fraud", "champion", "77").statusCode(404).body("type", equalTo("/problems/unknown-version"));
        promote("nobody", "champion", "1").statusCode(404).body("type", equalTo("/problems/unknown-model"));
        rollBack("card-fraud", "nobody").statusCode(404).body("type", equalTo("/problems/unknown-alias"));
        given().get("/models/card-fraud/versions/77").then().statusCode(404);
    }

    @Test
    void a_version_that_is_there_can_not_be_replaced() throws SQLException {
        register("fixed", "1").statusCode(201);
        RegisteredModel other = RegisteredModel.example("fixed", "1");
        other.description().put("threshold", 0.01).remove("sha256");

        authorised()
                .multiPart("onnx", "model.onnx", other.onnx())
                .multiPart("description", other.description().toString())
                .put("/models/fixed/versions")
                .then()
                .statusCode(409)
                .body("type", equalTo("/problems/version-exists"));

        try (Connection connection = DriverManager.getConnection(
                configured("quarkus.datasource.jdbc.url"),
                configured("quarkus.datasource.username"),
                configured("quarkus.datasource.password"))) {
            assertThatThrownBy(() -> connection
                            .createStatement()
                            .executeUpdate("update millrace_models.versions set description = '{}'"))
                    .hasMessageContaining("never changes");
        }
    }

    @Test
    void a_promotion_that_another_one_has_overtaken_changes_nothing() {
        register("raced", "1").statusCode(201);
        promote("raced", "champion", "1").statusCode(200);

        authorised()
                .contentType(ContentType.JSON)
                .body("{\"version\": \"1\", \"from\": \"7\"}")
                .post("/models/raced/aliases/champion")
                .then()
                .statusCode(409)
                .body("type", equalTo("/problems/alias-moved"));
    }

    private static final String DRIFTING = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: drifting }
            spec:
              event: { id: id, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, tx_amount: { type: double } } }
              labels: { chargebacks: {} }
              model: { name: drifting, training: { on_drift: { psi: "0.2", cooldown: 7d } } }
              sinks: [{ postgres: { fact: { table: fact_drifting } } }]
            """;

    @Test
    void drift_starts_a_training_once_and_the_history_says_why_and_what_came_of_it() throws IOException {
        RegisteredModel model = RegisteredModel.of("drifting", "tx_amount", 1, TinyOnnx.logarithm());
        ObjectNode amounts =
                model.description().putObject("reference").putObject("features").putObject("tx_amount");
        amounts.putArray("edges").add(10).add(20);
        amounts.putArray("shares").add(0.3).add(0.4).add(0.3);
        put("drifting", model).statusCode(201);
        promote("drifting", "champion", "1").statusCode(200);
        Files.writeString(Path.of(configured("millrace.pipelines.dir")).resolve("drifting.yaml"), DRIFTING);
        String inputs = IntStream.range(0, 250)
                .mapToObj(i -> "{\"id\": \"" + i + "\", \"at\": \"2026-03-01T10:00:00Z\", \"tx_amount\": 500}")
                .collect(Collectors.joining(", ", "{\"inputs\": [", "]}"));

        Awaitility.await("four batches that are scored")
                .atMost(Duration.ofSeconds(30))
                .until(() -> IntStream.range(0, 4)
                        .map(batch -> given().contentType(ContentType.JSON)
                                .body(inputs)
                                .post("/predict/drifting")
                                .statusCode())
                        .allMatch(status -> status == 200));
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            given().get("/models/drifting/history")
                    .then()
                    .body("kind", hasItem("train-failed"))
                    .body("find { it.kind == 'train' }.why", startsWith("population stability index of tx_amount "))
                    .body("find { it.kind == 'train' }.by", equalTo("drift"))
                    .body("find { it.kind == 'train-failed' }.why", equalTo("it ended with code 3: no facts"));
        });

        // It looks five times a second; an hour has to pass after a failure.
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> Files.readAllLines(trained), List.of("drifting")::equals);
        assertThat(given().get("/q/metrics").asString())
                .contains("millrace_trainings_total{outcome=\"started\",pipeline=\"drifting\"} 1.0")
                .contains("millrace_trainings_total{outcome=\"failed\",pipeline=\"drifting\"} 1.0");
    }

    @Test
    void of_replicas_that_want_a_training_at_once_one_gets_it() throws Exception {
        Duration week = Duration.ofDays(7);
        ExecutorService replicas = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> claim = () -> trainings.claim("wanted", week, Duration.ofHours(1), "drift", "it drifted");
            List<Boolean> claims = new ArrayList<>();
            for (Future<Boolean> claimed : replicas.invokeAll(Collections.nCopies(8, claim))) {
                claims.add(claimed.get());
            }
            assertThat(claims).containsOnlyOnce(true).hasSize(8);
        } finally {
            replicas.shutdownNow();
        }
        trainings.failed("wanted", "drift", "no facts");
        assertThat(trainings.claim("wanted", week, Duration.ofHours(1), "drift", "it drifted"))
                .as("within the time to wait after a failure")
                .isFalse();
        assertThat(trainings.claim("wanted", week, Duration.ZERO, "drift", "it drifted"))
                .as("behind it, though the week is not over")
                .isTrue();
    }

    @Test
    void who_has_no_token_changes_nothing() {
        for (RequestSpecification request : List.of(given(), given().header("Authorization", "Bearer wrong"))) {
            request.contentType(ContentType.JSON)
                    .body("{\"version\": \"1\"}")
                    .post("/models/card-fraud/aliases/champion")
                    .then()
                    .statusCode(401)
                    .contentType("application/problem+json");
        }
    }

    @Test
    void promotions_and_rollbacks_fail_no_prediction() throws InterruptedException {
        RegisteredModel second = RegisteredModel.example("card-fraud", "1");
        second.description().put("threshold", 0.99);
        String version = put("card-fraud", second).statusCode(201).extract().path("version");
        AtomicBoolean done = new AtomicBoolean();
        ConcurrentLinkedQueue<Map.Entry<Integer, String>> answers = new ConcurrentLinkedQueue<>();
        Thread caller = new Thread(() -> {
            while (!done.get()) {
                var response =
                        given().contentType(ContentType.JSON).body(PREDICT).post("/predict/card-fraud");
                answers.add(Map.entry(response.statusCode(), String.valueOf((String) response.path("version"))));
            }
        });
        caller.start();
        for (int i = 0; i < 10; i++) {
            promote("card-fraud", "champion", version).statusCode(200);
            assertThat(versionNow()).isEqualTo(version);
            rollBack("card-fraud", "champion").statusCode(200);
            assertThat(versionNow()).isEqualTo("1");
        }
        done.set(true);
        caller.join();

        assertThat(answers).extracting(Map.Entry::getKey).containsOnly(200);
        assertThat(answers).extracting(Map.Entry::getValue).containsOnly("1", version);
    }

    @Test
    void while_the_database_is_away_predictions_go_on_and_changes_are_answered_with_503() {
        register("patient", "1").statusCode(201);
        killDatabase.run();
        try {
            ServiceReady.await("the registry to be missed", states -> states.containsKey("model *"));
            given().get("/q/health/ready").then().statusCode(200);
            assertThat(versionNow()).isNotNull();
            given().get("/models").then().statusCode(200).body("model", hasItem("patient"));
            promote("patient", "champion", "1")
                    .statusCode(503)
                    .header("Retry-After", notNullValue())
                    .body("type", equalTo("/problems/registry-away"));
            register("patient", "1").statusCode(503);
            given().get("/models/patient").then().statusCode(503);
        } finally {
            startDatabase.run();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> promote("patient", "champion", "1").statusCode(200));
        ServiceReady.await("the registry to be back", states -> !states.containsKey("model *"));
    }

    private static String configured(String key) {
        return ConfigProvider.getConfig().getValue(key, String.class);
    }

    private static String versionNow() {
        return given().contentType(ContentType.JSON)
                .body(PREDICT)
                .post("/predict/card-fraud")
                .then()
                .statusCode(200)
                .extract()
                .path("version");
    }

    private static void awaitVersions(String model, String... versions) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> given().get("/models")
                                .jsonPath()
                                .getList("find { it.model == '" + model + "' }.versions"),
                        found -> List.of(versions).equals(found));
    }

    private static ValidatableResponse register(String model, String version) {
        return put(model, RegisteredModel.example(model, version));
    }

    private static ValidatableResponse put(String model, RegisteredModel version) {
        return authorised()
                .multiPart("onnx", "model.onnx", version.onnx())
                .multiPart(
                        "description",
                        "model.json",
                        described(version).toString().getBytes(StandardCharsets.UTF_8))
                .multiPart("by", "ann")
                .put("/models/{model}/versions", model)
                .then();
    }

    private static ObjectNode described(RegisteredModel model) {
        ObjectNode description = model.description().deepCopy();
        description.remove(List.of("name", "version", "sha256"));
        description.putObject("parameters").put("trees", 100);
        return description;
    }

    private static ValidatableResponse promote(String model, String alias, String version) {
        return authorised()
                .contentType(ContentType.JSON)
                .body("{\"version\": \"" + version + "\", \"by\": \"ann\"}")
                .post("/models/{model}/aliases/{alias}", model, alias)
                .then();
    }

    private static ValidatableResponse rollBack(String model, String alias) {
        return authorised()
                .contentType(ContentType.JSON)
                .body("{\"by\": \"bob\", \"why\": \"too many alarms\"}")
                .post("/models/{model}/aliases/{alias}/rollback", model, alias)
                .then();
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer " + RegistryDatabase.TOKEN);
    }
}
