package dev.millrace.model;

import static io.restassured.RestAssured.given;

import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Whether the service says that it is ready, and what it says of why not. */
public final class ServiceReady {
    private ServiceReady() {}

    /** Waits until it is. */
    public static void await() {
        Awaitility.await("readiness")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    /** Waits until that is so of what it says of scoring: a member for each pipeline, and for each model that is broken. */
    public static JsonPath await(String what, Predicate<JsonPath> condition) {
        return Awaitility.await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> given().get("/q/health/ready").jsonPath(), condition);
    }
}
