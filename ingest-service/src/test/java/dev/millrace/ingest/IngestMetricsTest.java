package dev.millrace.ingest;

import static dev.millrace.ingest.Requests.NDJSON;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The metrics' names and labels are an interface: whoever changes this test changes users' dashboards. */
@QuarkusTest
class IngestMetricsTest {
    private static final String OF_PIPELINE = "pipeline=\"payments\",stage=\"ingest\"";

    @Test
    void counts_events_by_outcome_and_rejections_by_reason() {
        Requests.awaitPipeline("payments");
        Requests.events(NDJSON, Payments.json("warm-up") + "\nbad");
        List<String> names = List.of(
                "millrace_events_total{outcome=\"ok\"," + OF_PIPELINE + "}",
                "millrace_events_total{outcome=\"rejected\"," + OF_PIPELINE + "}",
                "millrace_rejected_total{" + OF_PIPELINE.replace(",", ",reason=\"malformed\",") + "}",
                "millrace_stage_seconds_count{" + OF_PIPELINE + "}",
                "millrace_age_seconds_count{" + OF_PIPELINE + "}");
        Map<String, Double> before = values(names);

        Requests.events(NDJSON, Payments.json("m1") + "\n" + Payments.json("m2") + "\nbad");
        Map<String, Double> after = values(names);

        assertThat(names.stream().map(name -> after.get(name) - before.get(name)))
                .containsExactly(2.0, 1.0, 1.0, 1.0, 2.0);
    }

    @Test
    void has_histograms_of_the_time_it_took_and_the_age() {
        Requests.events(NDJSON, Payments.json("h1")).statusCode(202);

        assertThat(metrics().lines())
                .anyMatch(line -> line.startsWith("millrace_stage_seconds_bucket{" + OF_PIPELINE + ",le=\"0.1\"}"))
                .anyMatch(line -> line.startsWith("millrace_age_seconds_bucket{" + OF_PIPELINE + ",le=\"0.1\"}"));
    }

    @Test
    void labels_http_requests_by_template_and_never_by_what_a_client_made_up() {
        Requests.of(Requests.JSON).body(new byte[0]).post("/pipelines/made-up-12345/events");

        assertThat(metrics()).doesNotContain("made-up-12345");
    }

    private static Map<String, Double> values(List<String> names) {
        Map<String, Double> values = metrics()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        assertThat(values).containsKeys(names.toArray(String[]::new));
        return names.stream().collect(Collectors.toMap(Function.identity(), values::get));
    }

    private static String metrics() {
        return RestAssured.get("/q/metrics").asString();
    }
}
