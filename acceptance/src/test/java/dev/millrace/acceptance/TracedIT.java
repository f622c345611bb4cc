package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.feed.EventFile;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.simulator.TransactionCsv;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Traces, from the request to the row, as a collector gets them from the real services. */
class TracedIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALLER = "00f067aa0ba902b7";

    @Test
    void one_trace_goes_from_the_request_through_all_services_to_the_warehouse() throws Exception {
        try (Collector collector = new Collector();
                Stack stack = start("traced", collector, "0.0")) {
            send(stack, given(), "untraced");
            send(stack, given().header("traceparent", "00-" + TRACE + "-" + CALLER + "-01"), "first", "second");

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(collector.spans())
                            .extracting(Collector.Span::name)
                            .contains("COPY fact_transaction"));
            // Spans of one process come together; those of the others have had their time too.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(path(collector.spans()))
                            .containsExactly(
                                    "millrace-load: COPY fact_transaction",
                                    "millrace-load: process millrace.card-fraud.scored",
                                    "millrace-model: process millrace.card-fraud.clean",
                                    "millrace-transform: process millrace.card-fraud.raw",
                                    "millrace-ingest: send millrace.card-fraud.raw",
                                    "millrace-ingest: POST /pipelines/{pipeline}/events"));
            assertThat(collector.spans())
                    .as("of no other event")
                    .hasSize(6)
                    .allMatch(span -> span.trace().equals(TRACE));
            for (Service service : Service.values()) {
                Awaitility.await(service + "'s log names the trace")
                        .atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(tracesOf(stack.log(service))).contains(TRACE));
                assertThat(lines(stack.log(service)))
                        .as("lines of %s", service)
                        .allSatisfy(
                                line -> assertThat(line.path("stage").asText()).isEqualTo(service.label()));
                if (service != Service.INGEST) {
                    assertThat(lines(stack.log(service)))
                            .filteredOn(line -> line.at("/mdc/traceId").asText().equals(TRACE))
                            .allSatisfy(
                                    line -> assertThat(line.at("/mdc/pipeline").asText())
                                            .isEqualTo("card-fraud"));
                }
            }
        }
    }

    /** Takes another start of everything, so it is among those that {@code ./millrace test --all} runs. */
    @Test
    @Tag("long")
    void a_line_of_a_file_begins_a_trace_of_its_own() throws Exception {
        try (Collector collector = new Collector();
                Stack stack = start("traced-file", collector, "1.0")) {
            try (EventFile file =
                    new EventFile(stack.data().resolve("card-fraud/some.csv.gz"), TransactionCsv.HEADER)) {
                for (int i = 0; i < 20; i++) {
                    file.line("f" + i + ",2018-04-01 10:00:" + (10 + i) + ",1,2,30.5");
                }
            }

            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(path(collector.spans()))
                            .containsExactly(
                                    "millrace-load: COPY fact_transaction",
                                    "millrace-load: process millrace.card-fraud.scored",
                                    "millrace-model: process millrace.card-fraud.clean",
                                    "millrace-transform: process millrace.card-fraud.raw",
                                    "millrace-ingest: send millrace.card-fraud.raw"));
        }
    }

    /** The traces that lines of a JSON log carry. */
    private static Set<String> tracesOf(Path log) throws IOException {
        return lines(log).stream()
                .map(line -> line.at("/mdc/traceId").asText())
                .filter(trace -> !trace.isEmpty())
                .collect(Collectors.toSet());
    }

    /** What a JSON log holds; the JVM's own lines are no JSON. */
    private static List<JsonNode> lines(Path log) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("{")) {
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }

    /** From the row back to where it came from. */
    private static List<String> path(List<Collector.Span> spans) {
        return java.util.stream.Stream.iterate(
                        spans.stream()
                                .filter(span -> span.name().startsWith("COPY"))
                                .findFirst(),
                        java.util.Optional::isPresent,
                        child -> spans.stream()
                                .filter(span -> span.id().equals(child.get().parent()))
                                .findFirst())
                .map(span -> span.get().service() + ": " + span.get().name())
                .toList();
    }

    private static Stack start(String name, Collector collector, String ratio) {
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state(name))
                .withFreePorts()
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT)
                .withEnvironment(Map.of(
                        "QUARKUS_OTEL_SDK_DISABLED",
                        "false",
                        "QUARKUS_OTEL_TRACES_SAMPLER_ARG",
                        ratio,
                        "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT",
                        collector.address().toString(),
                        "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL",
                        "http/protobuf",
                        "QUARKUS_OTEL_BSP_SCHEDULE_DELAY",
                        "200ms",
                        "QUARKUS_LOG_CATEGORY__DEV_MILLRACE_SERVICE_TRACING__LEVEL",
                        "DEBUG",
                        "MILLRACE_LOG_JSON",
                        "true"));
        return Stack.start(settings, line -> System.out.println(name + ": " + line));
    }

    private static void send(Stack stack, RequestSpecification request, String... ids) {
        URI events = stack.address(Service.INGEST).resolve("/pipelines/card-fraud/events");
        String lines = String.join(
                "\n", java.util.Arrays.stream(ids).map(TracedIT::event).toList());
        request.contentType("application/x-ndjson")
                .body(lines.getBytes(StandardCharsets.UTF_8))
                .post(events)
                .then()
                .statusCode(202);
    }

    private static String event(String id) {
        return "{\"transaction_id\":\"%s\",\"tx_datetime\":\"2018-04-02 03:04:05\",\"customer_id\":\"7\",\"terminal_id\":\"8\",\"tx_amount\":12.5}"
                .formatted(id);
    }
}
