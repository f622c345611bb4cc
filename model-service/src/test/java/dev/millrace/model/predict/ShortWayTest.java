package dev.millrace.model.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that names the charset goes by the resource, whatever it asks; one that does not may go the short way. */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class ShortWayTest {
    private static final int UNTIL_THE_PACE_IS_KNOWN = 120;
    private static final String INPUT = "{\"tx_amount\": 310.0, \"tx_datetime\": \"2018-06-05 03:12:00\"}";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void the_service_is_ready_and_has_answered_before() throws Exception {
        ServiceReady.await();
        for (int i = 0; i < UNTIL_THE_PACE_IS_KNOWN; i++) {
            ask("application/json", "/predict", "10s", "{\"model\": \"card-fraud\", \"inputs\": [" + INPUT + "]}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200 | /predict            | 10s | {'model': 'card-fraud', 'inputs': [INPUT]}",
                "200 | /predict/card-fraud | 10s | {'inputs': [INPUT, INPUT, INPUT], 'features': true}",
                "200 | /predict            | 2s  | {'model': 'card-fraud', 'inputs': [INPUT], 'reasons': false}",
                "400 | /predict            | 10s | {'model': 'card-fraud', 'inputs': [INPUT, {'tx_amont': 1}]}",
                "400 | /predict            | 10s | {'model': 'card-fraud', 'inputs': []}",
                "400 | /predict            | 10s | {'model': 'card-fraud', 'inputs': [INPUT}",
                "400 | /predict            | 10s | `` ",
                "400 | /predict            | soon | {'model': 'card-fraud', 'inputs': [INPUT]}",
                "400 | /predict/card-fraud | 10s | {'model': 'orders', 'inputs': [INPUT]}",
                "404 | /predict            | 10s | {'model': 'card-frud', 'inputs': [INPUT]}",
                "404 | /predict/card-frud  | 10s | {'inputs': [INPUT]}",
                "503 | /predict            | 0ms | {'model': 'card-fraud', 'inputs': [INPUT]}",
            })
    void what_is_answered_the_short_way_is_what_the_resource_answers(
            int status, String path, String timeout, String body) throws Exception {
        String asked = body.strip().replace("INPUT", INPUT).replace('\'', '"');

        HttpResponse<String> soon = ask("application/json", path, timeout, asked);
        HttpResponse<String> byTheResource = ask("application/json; charset=utf-8", path, timeout, asked);

        assertThat(soon.statusCode()).as(soon.body()).isEqualTo(status);
        assertThat(soon.body()).isEqualTo(byTheResource.body());
        assertThat(soon.statusCode()).isEqualTo(byTheResource.statusCode());
        assertThat(soon.headers().map()).isEqualTo(byTheResource.headers().map());
    }

    private HttpResponse<String> ask(String type, String path, String timeout, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        Map.of("Content-Type", type, "X-Request-Timeout", timeout).forEach(request::header);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            // The JDK's client may take a quick answer for data on an idle connection and close it (JDK-8336655; seen
            // with
            // 25, too). Asking changes nothing, so that it asks again, once, as clients do.
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
