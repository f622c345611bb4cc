package dev.millrace.ingest.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.Machine;
import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(value = Machine.class, scope = TestResourceScope.GLOBAL)
class ChangedPipelineTest {
    private static final int EDITS = 5;

    @ConfigProperty(name = "millrace.pipelines.dir")
    Path pipelines;

    @Test
    void a_client_of_a_pipeline_that_is_edited_is_asked_to_come_again_and_never_told_that_there_is_none()
            throws IOException {
        declare(0);
        Requests.awaitPipeline("edited");
        Set<Integer> statuses = new TreeSet<>();
        for (int edit = 1; edit <= EDITS; edit++) {
            declare(edit);
            int current = edit;
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        Response response = post();
                        statuses.add(response.statusCode());
                        if (response.statusCode() == 503) {
                            assertThat(response.header("Retry-After")).isEqualTo("1");
                        }
                        return response.statusCode() == 202
                                && response.body().asString().contains("field_" + current);
                    });
        }
        assertThat(statuses).isSubsetOf(202, 503);
    }

    /** A good event, and one that is refused for the field that only the declaration in effect has. */
    private static Response post() {
        String good = Payments.json("p");
        String bad = IntStream.rangeClosed(0, EDITS)
                .mapToObj(edit -> ",\"field_" + edit + "\":\"no number\"")
                .collect(Collectors.joining("", good.substring(0, good.length() - 1), "}"));
        return Requests.of(Requests.NDJSON)
                .body(Requests.bytes(good + "\n" + bad))
                .post("/pipelines/edited/events");
    }

    private void declare(int edit) throws IOException {
        String yaml = Payments.pipeline("edited", "http: {}")
                .replaceFirst("fields:\\n(\\s+)", "fields:\n$1field_" + edit + ": { type: integer }\n$1");
        Path written = Files.writeString(pipelines.resolve("edited.written"), yaml);
        Files.move(written, pipelines.resolve("edited.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }
}
