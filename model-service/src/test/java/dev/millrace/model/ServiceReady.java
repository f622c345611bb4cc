package dev.millrace.model;

import static io.restassured.RestAssured.given;

import java.time.Duration;
import java.util.Map;
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

    /** Waits until that is so of what it says of scoring, by pipeline, and of models that are broken, by "model" and name. */
    public static void await(String what, Predicate<Map<String, String>> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(ServiceReady::states, condition);
    }

    private static Map<String, String> states() {
        Map<String, String> states =
                given().get("/q/health/ready").jsonPath().getMap("checks.find { it.name == 'scoring' }.data");
        return states == null ? Map.of() : states;
    }
}
