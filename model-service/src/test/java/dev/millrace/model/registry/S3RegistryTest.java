package dev.millrace.model.registry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.RegisteredModel;
import dev.millrace.model.RegistryDatabase;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The registry with its files in a bucket. One test, because the service is to start without its storage. */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
@WithTestResource(RegistryDatabase.class)
@WithTestResource(S3Resource.class)
@Tag("long")
class S3RegistryTest {
    AtomicBoolean away;
    Map<String, byte[]> objects;

    @Test
    void a_service_that_started_without_its_storage_uses_it_once_it_is_there_and_does_without_it_meanwhile() {
        ServiceReady.await(
                "the storage to be missed",
                states -> states.getOrDefault("model *", "").contains("bucket models"));
        given().get("/q/health/live").then().statusCode(200);
        register("early", 1).statusCode(503).body("type", equalTo("/problems/registry-away"));

        away.set(false);
        ServiceReady.await();
        register("kept", 310).statusCode(201).body("version", equalTo("1"));
        register("kept", 311).statusCode(201).body("version", equalTo("2"));
        promote("kept", "1").statusCode(200);
        String sum = given().get("/models/kept/versions/2").then().extract().path("sha256");
        String key = "registry/" + sum + ".onnx";
        assertThat(objects).containsKey(key);
        byte[] onnx = given().get("/models/kept/versions/2/model.onnx").asByteArray();
        assertThat(onnx).isEqualTo(objects.get(key));

        away.set(true);
        given().contentType(ContentType.JSON)
                .body("{\"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}")
                .post("/predict/card-fraud")
                .then()
                .statusCode(200);
        given().get("/q/health/ready").then().statusCode(200);
        register("late", 1)
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("type", equalTo("/problems/registry-away"))
                .body("detail", containsString("bucket models"));
        given().get("/models/late").then().statusCode(404);
        promote("kept", "2").statusCode(503).body("detail", containsString("bucket models"));
        given().get("/models/kept").then().body("aliases.champion", equalTo("1"));

        away.set(false);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> register("late", 1).statusCode(201));
        byte[] other = onnx.clone();
        other[other.length / 2] ^= 1;
        objects.put(key, other);
        promote("kept", "2").statusCode(422);
        given().get("/models/kept").then().body("aliases.champion", equalTo("1"));
        objects.put(key, onnx);
        promote("kept", "2").statusCode(200);
    }

    private static ValidatableResponse register(String model, float reference) {
        RegisteredModel version = RegisteredModel.example(model, "1");
        ObjectNode description = version.description().deepCopy();
        description.remove(List.of("name", "version", "sha256"));
        description.put("note", reference);
        return authorised()
                .multiPart("onnx", "model.onnx", version.onnx())
                .multiPart("description", "model.json", description.toString().getBytes(StandardCharsets.UTF_8))
                .multiPart("by", "ann")
                .put("/models/{model}/versions", model)
                .then();
    }

    private static ValidatableResponse promote(String model, String version) {
        return authorised()
                .contentType(ContentType.JSON)
                .body("{\"version\": \"" + version + "\", \"by\": \"ann\"}")
                .post("/models/{model}/aliases/champion", model)
                .then();
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer " + RegistryDatabase.TOKEN);
    }
}
