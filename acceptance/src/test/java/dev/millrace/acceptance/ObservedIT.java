package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.grafana.Expression;
import dev.millrace.grafana.Selector;
import dev.millrace.local.feed.EventFile;
import dev.millrace.local.metrics.Sample;
import dev.millrace.local.metrics.Scrape;
import dev.millrace.local.observe.PrometheusServer;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.simulator.TransactionCsv;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards and rules, against services that run and a Prometheus that watches them. */
class ObservedIT {
    private static final Path GRAFANA = Stacks.home().resolve("grafana");
    private static final Set<String> ADDED_BY_PROMETHEUS = Set.of("job", "instance", "namespace");

    /** Nothing goes wrong here, no label is days old, nothing is trained, and there is no cluster. */
    private static final Set<String> RIGHTLY_EMPTY = Set.of(
            "Millrace / Model service: Rejected by reason",
            "Millrace / Load: How good models turned out to be",
            "Millrace / Models: Trainings after drift",
            "Millrace / Models: Lists of shadows",
            "Millrace / Autoscaling: Replicas: wanted, there, limits",
            "Millrace / Autoscaling: Autoscalers that can not measure",
            "Millrace / Autoscaling: Throttled",
            "Millrace / SLO: Firing");

    @TempDir
    Path pipelines;

    private int sent;

    @Test
    void every_panel_and_rule_gets_what_it_asks_for() throws Exception {
        // A horizon close to now: nobody wants to wait a minute for the audit.
        Path examples = Stacks.home().resolve("examples");
        withShadow(examples.resolve("card-fraud/pipeline.yaml"));
        // It has windows and lookups.
        copy(examples.resolve("trips/pipeline.yaml"), "trips.yaml");
        copy(examples.resolve("trips/zones.csv"), "zones.csv");
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("observed"))
                .withFreePorts()
                .withFolders(pipelines, examples.resolve("card-fraud/models"))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT)
                .withEnvironment(Map.of(
                        "MILLRACE_AUDIT_GRACE", "5s", "MILLRACE_AUDIT_EVERY", "500ms", "MILLRACE_DRIFT_AT_LEAST", "1"));
        try (Stack stack = Stack.start(settings, line -> System.out.println("observed: " + line))) {
            Map<Service, URI> services = new EnumMap<>(Service.class);
            for (Service service : Service.values()) {
                services.put(service, stack.address(service));
            }
            lookOn(stack);
            file(stack);
            awaitAudit(stack);
            Map<Service, String> pages = pages(services);
            remember(pages);
            assertThat(missing(pages)).isEmpty();

            assumeTrue(PrometheusServer.isInstalled(), "prometheus is not installed: its answers are not looked at");
            Path folder = settings.state().resolve("observe");
            try (PrometheusServer prometheus =
                    PrometheusServer.start(Stacks.home(), folder, 0, services).orElseThrow()) {
                awaitAnswers(stack, prometheus.address());
                assertThatRulesAreFine(prometheus.address());
            }
        }
    }

    private void withShadow(Path declaration) throws IOException {
        String yaml = Files.readString(declaration);
        String shadowed = yaml.replaceFirst("(?m)^  model:$", "  model:\n    shadow: { alias: challenger }")
                .replaceFirst("(?m)^  model: \\{ ", "  model: { shadow: { alias: challenger }, ");
        assertThat(shadowed).contains("shadow");
        Files.writeString(pipelines.resolve("card-fraud.yaml"), shadowed);
    }

    private static void lookOn(Stack stack) {
        given().contentType("application/json")
                .body("{\"version\": \"1\", \"why\": \"to have something to look at\"}")
                .post(stack.address(Service.MODEL).resolve("/models/card-fraud/aliases/challenger"))
                .then()
                .statusCode(200);
    }

    private void copy(Path file, String name) throws IOException {
        Files.copy(file, pipelines.resolve(name));
    }

    private static void file(Stack stack) {
        try (EventFile file = new EventFile(stack.data().resolve("card-fraud/some.csv.gz"), TransactionCsv.HEADER)) {
            for (int i = 0; i < 20; i++) {
                file.line("f" + i + ",2018-04-01 10:00:" + (10 + i) + ",1,2,30.5");
            }
        }
    }

    /** Something of everything: what becomes a row, a duplicate, a rejection at each stage that rejects, a prediction. */
    private void traffic(Stack stack) {
        int n = ++sent;
        URI events = stack.address(Service.INGEST).resolve("/pipelines/card-fraud/events");
        String good = event("e" + n, "12.5");
        String lines =
                String.join("\n", good, good, event("e" + n, "99"), event("n" + n, "-1"), event("b" + n, "\"x\""));
        given().contentType("application/x-ndjson")
                .body(lines.getBytes(StandardCharsets.UTF_8))
                .post(events)
                .then()
                .statusCode(202);
        URI predict = stack.address(Service.MODEL).resolve("/predict");
        String input = "{\"model\":\"card-fraud\",\"inputs\":[" + good + "]}";
        given().contentType("application/json").body(input).post(predict).then().statusCode(200);
        given().contentType("application/json").body("{}").post(predict).then().statusCode(400);
    }

    private static String event(String id, String amount) {
        return "{\"transaction_id\":\"%s\",\"tx_datetime\":\"2018-04-02 03:04:05\",\"customer_id\":\"7\",\"terminal_id\":\"8\",\"tx_amount\":%s}"
                .formatted(id, amount);
    }

    private void awaitAudit(Stack stack) {
        Awaitility.await("the audit has followed the first events")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    traffic(stack);
                    Scrape load = Scrape.of(stack.address(Service.LOAD));
                    Map<String, Double> records =
                            load.sums("millrace_audit_records", Map.of("pipeline", "card-fraud"), "point");
                    return records.getOrDefault("rows", 0.0) > 0 && records.getOrDefault("rejected_by_load", 0.0) > 0;
                });
        assertThat(Scrape.of(stack.address(Service.LOAD)).samples())
                .filteredOn(sample -> sample.name().equals("millrace_audit_unaccounted_events")
                        && sample.labels().get("pipeline").equals("card-fraud"))
                .hasSize(3)
                .allMatch(sample -> sample.value() == 0);
    }

    private static Map<Service, String> pages(Map<Service, URI> services) {
        Map<Service, String> pages = new EnumMap<>(Service.class);
        services.forEach((service, address) -> pages.put(
                service,
                given().accept("text/plain")
                        .get(address.resolve("/q/metrics"))
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString()));
        return pages;
    }

    /** With {@code -Dmillrace.scrapes=write}: what module grafana compares dashboards and rules with. */
    private static void remember(Map<Service, String> pages) throws IOException {
        if (!"write".equals(System.getProperty("millrace.scrapes"))) {
            return;
        }
        for (Map.Entry<Service, String> page : pages.entrySet()) {
            String sorted = page.getValue()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll("localhost:\\d+|server_port=\"\\d+\"", "server_port=\"8080\""))
                    .sorted()
                    .collect(Collectors.joining("\n", "", "\n"));
            Files.writeString(
                    GRAFANA.resolve(
                            "src/test/resources/scrapes/" + page.getKey().label() + ".txt"),
                    sorted);
        }
    }

    private static List<String> missing(Map<Service, String> pages) throws IOException {
        Map<String, Set<String>> labels = new HashMap<>();
        Map<String, Set<String>> bounds = new HashMap<>();
        for (String page : pages.values()) {
            for (Sample sample : Scrape.parse(page).samples()) {
                labels.computeIfAbsent(sample.name(), name -> new HashSet<>())
                        .addAll(sample.labels().keySet());
                bounds.computeIfAbsent(sample.name(), name -> new HashSet<>()).add(sample.label("le"));
            }
        }
        assertThat(labels).as("what the services expose").hasSizeGreaterThan(50);
        List<String> missing = new ArrayList<>();
        for (Expression expression : expressions()) {
            for (Selector selector : Selector.of(expression.text())) {
                String metric = selector.metric();
                if (isOfOthers(metric)) {
                    continue;
                }
                Set<String> used = new HashSet<>(selector.groupedBy());
                selector.matchers().forEach(match -> used.add(match.label()));
                used.removeAll(ADDED_BY_PROMETHEUS);
                used.removeAll(labels.getOrDefault(metric, Set.of()));
                if (!labels.containsKey(metric)) {
                    missing.add(expression.where() + ": " + metric);
                } else if (!used.isEmpty()) {
                    missing.add(expression.where() + ": " + metric + " without " + used);
                }
                selector.match("le")
                        .filter(le -> !bounds.getOrDefault(metric, Set.of()).contains(le.value()))
                        .ifPresent(le -> missing.add(expression.where() + ": no bucket " + le.value()));
            }
        }
        return missing;
    }

    /** What Prometheus makes itself, what rules record, what only a cluster has, what takes labels of some days, drift, or lists. */
    private static boolean isOfOthers(String metric) {
        return Set.of(
                                "up",
                                "ALERTS",
                                "millrace_model_quality",
                                "millrace_trainings_total",
                                "millrace_shadow_overlap_sum",
                                "millrace_shadow_overlap_count")
                        .contains(metric)
                || metric.contains(":")
                || metric.startsWith("kube_")
                || metric.startsWith("container_")
                || metric.equals("sloth_slo_info");
    }

    private static List<Expression> expressions() throws IOException {
        List<Expression> expressions = new ArrayList<>(Expression.ofDashboards(GRAFANA.resolve("dashboards")));
        expressions.addAll(Expression.ofRules(GRAFANA.resolve("rules/millrace.rules.yaml")));
        return expressions;
    }

    private void awaitAnswers(Stack stack, URI prometheus) throws IOException {
        List<Expression> unanswered = new ArrayList<>(Expression.ofDashboards(GRAFANA.resolve("dashboards")));
        unanswered.removeIf(panel -> RIGHTLY_EMPTY.contains(panel.where()));
        assertThat(unanswered).as("queries of panels").hasSizeGreaterThan(100);
        try {
            Awaitility.await("an answer for every panel")
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> {
                        traffic(stack);
                        unanswered.removeIf(panel -> answers(prometheus, panel.withVariables("1m", "5m")) > 0);
                        return unanswered.isEmpty();
                    });
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            assertThat(unanswered).as("queries without data").isEmpty();
        }
    }

    private static int answers(URI prometheus, String query) {
        JsonPath answer = given().formParam("query", query)
                .post(prometheus.resolve("/api/v1/query"))
                .jsonPath();
        assertThat(answer.getString("status"))
                .as(query + ": " + answer.getString("error"))
                .isEqualTo("success");
        return answer.getList("data.result").size();
    }

    private static void assertThatRulesAreFine(URI prometheus) {
        JsonPath rules = given().get(prometheus.resolve("/api/v1/rules")).jsonPath();
        List<Map<String, Object>> all = rules.getList("data.groups.rules.flatten()");
        assertThat(all)
                .hasSizeGreaterThan(60)
                .allSatisfy(rule -> assertThat(rule.get("health"))
                        .as("%s: %s", rule.get("name"), rule.get("lastError"))
                        .isEqualTo("ok"));
        assertThat(all)
                .filteredOn(rule -> "firing".equals(rule.get("state")))
                .extracting(rule -> rule.get("name"))
                .isEmpty();
    }
}
