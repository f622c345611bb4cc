package dev.millrace.model.predict;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Requests that are wrong in every way that a seeded generator finds in the OpenAPI document. {@code
 * -Dmillrace.malformed.requests=20000} sends more of them.
 */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class MalformedRequestsTest {
    private static final int COUNT = Integer.getInteger("millrace.malformed.requests", 4_000);
    private static final long SEED = Long.getLong("millrace.malformed.seed", 20_181);

    @Test
    void whatever_is_sent_the_fault_is_never_the_services() throws Exception {
        ServiceReady.await();
        JsonNode document = new ObjectMapper()
                .readTree(given().get("/q/openapi?format=json").asByteArray());
        MalformedRequests requests = new MalformedRequests(document, "http://localhost:" + RestAssured.port, SEED);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        Map<Integer, Integer> statuses = new TreeMap<>();

        for (int i = 0; i < COUNT; i++) {
            MalformedRequests.Sent sent = requests.next();
            int status = status(client, sent);
            statuses.merge(status, 1, Integer::sum);
            assertThat(status < 500 || status == 503 && sent.documents503())
                    .as("request %d of seed %d was answered with %d: %s", i, SEED, status, sent)
                    .isTrue();
        }

        System.out.println("malformed requests: " + COUNT + ", answers by status: " + statuses);
        assertThat(statuses).containsKeys(400, 404);
        given().get("/q/health/live").then().statusCode(200);
        given().contentType("application/json")
                .body(
                        "{\"model\": \"card-fraud\", \"inputs\": [{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}]}")
                .post("/predict")
                .then()
                .statusCode(200);
    }

    private static int status(HttpClient client, MalformedRequests.Sent sent) throws InterruptedException {
        try {
            return answered(client, sent);
        } catch (IOException onAKeptConnection) {
            // A server may end a connection that is kept, as it does where it did not read a body to its end (RFC 9112,
            // section 9.6); then a client comes again.
            try {
                return answered(client, sent);
            } catch (IOException e) {
                throw new AssertionError("no answer to " + sent, e);
            }
        }
    }

    private static int answered(HttpClient client, MalformedRequests.Sent sent)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(sent.request(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 500) {
            System.out.println(new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return answer.statusCode();
    }
}
