package dev.millrace.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The rules of Grafana's dashboard-linter, by its names. Its Go program reads the same files and the same exclusions
 * ({@code dashboards/.lint}). The rules of LogQL have nothing to look at here.
 */
class LintTest {
    private static final Pattern VARIABLE_QUERY =
            Pattern.compile("(label_names|label_values|metrics|query_result)\\((.+)\\)");
    private static final Set<String> DRAWN = Set.of("stat", "timeseries", "table", "gauge", "heatmap");
    private static final Set<String> RATES = Set.of("rate", "irate");
    private static final Set<String> INCREASES = Set.of("rate", "irate", "increase");
    private static final Set<String> UNITS = Set.of(
            "none",
            "short",
            "s",
            "ms",
            "bytes",
            "Bps",
            "cps",
            "reqps",
            "percentunit",
            "dateTimeFromNow",
            "bool_yes_no");

    private record Complaint(String rule, String dashboard, String panel, String text) {}

    private final List<Complaint> complaints = new ArrayList<>();

    @TestFactory
    Stream<DynamicTest> every_dashboard_keeps_every_rule() throws Exception {
        Grafana.dashboards().values().forEach(this::lint);
        Map<String, List<Complaint>> byRule = new HashMap<>();
        complaints.stream()
                .filter(complaint -> !excluded(complaint))
                .forEach(complaint -> byRule.computeIfAbsent(complaint.rule(), rule -> new ArrayList<>())
                        .add(complaint));
        return Stream.of(
                        "template-datasource-rule",
                        "template-job-rule",
                        "template-instance-rule",
                        "template-label-promql-rule",
                        "template-on-time-change-reload-rule",
                        "panel-datasource-rule",
                        "panel-title-description-rule",
                        "panel-units-rule",
                        "panel-no-targets-rule",
                        "target-promql-rule",
                        "target-rate-interval-rule",
                        "target-job-rule",
                        "target-instance-rule",
                        "target-counter-agg-rule",
                        "uneditable-dashboard")
                .map(rule -> DynamicTest.dynamicTest(
                        rule,
                        () -> assertThat(byRule.getOrDefault(rule, List.of())).isEmpty()));
    }

    @Test
    void every_exclusion_is_needed() throws Exception {
        Grafana.dashboards().values().forEach(this::lint);
        exclusions()
                .forEach(exclusion -> assertThat(complaints)
                        .as("exclusion %s excludes nothing", exclusion)
                        .anyMatch(complaint -> complaint.rule().equals(exclusion.rule())
                                && complaint.dashboard().equals(exclusion.dashboard())
                                && complaint.panel().equals(exclusion.panel())));
    }

    @Test
    void promtool_reads_every_query() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
        int number = 0;
        for (Expression expression : Expression.ofDashboards(Grafana.DASHBOARDS)) {
            rules.append("  - record: panel:").append(number++).append("\n    expr: |\n      ");
            rules.append(expression.withVariables("1m", "1h")).append('\n');
        }
        Path file = java.nio.file.Files.createTempFile("panels", ".yaml");
        java.nio.file.Files.writeString(file, rules);

        Promtool.Said said = Promtool.here().run("check", "rules", file.toString());

        assertThat(said.exit()).as(said.output()).isZero();
    }

    private void lint(JsonNode board) {
        String title = board.path("title").asText();
        Map<String, JsonNode> variables = new HashMap<>();
        board.path("templating")
                .path("list")
                .forEach(variable -> variables.put(variable.path("name").asText(), variable));
        JsonNode source = variables.get("datasource");
        if (source == null
                || !source.path("type").asText().equals("datasource")
                || !source.path("label").asText().equals("Data source")) {
            complain("template-datasource-rule", title, "", "no variable 'datasource' labelled 'Data source'");
        }
        for (String name : List.of("job", "instance")) {
            String wrong = wrongWith(variables.get(name), name);
            if (!wrong.isEmpty()) {
                complain("template-" + name + "-rule", title, "", wrong);
            }
        }
        variables.values().stream()
                .filter(variable -> variable.path("type").asText().equals("query"))
                .forEach(variable -> lintVariable(title, variable));
        if (board.path("editable").asBoolean(true)) {
            complain("uneditable-dashboard", title, "", "is editable");
        }
        Expression.panels(board).forEach(panel -> lintPanel(title, panel));
    }

    private static String wrongWith(JsonNode variable, String name) {
        if (variable == null) {
            return "no variable " + name;
        }
        String label = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        boolean right = variable.path("datasource").path("uid").asText().equals("${datasource}")
                && variable.path("type").asText().equals("query")
                && variable.path("label").asText().equals(label)
                && variable.path("multi").asBoolean()
                && variable.path("allValue").asText().equals(".+");
        return right ? "" : "variable " + name + " is not as it should be: " + variable;
    }

    private void lintVariable(String title, JsonNode variable) {
        String name = variable.path("name").asText();
        Matcher query = VARIABLE_QUERY.matcher(variable.path("query").asText());
        if (!query.matches() || Selector.of(query.group(2)).isEmpty()) {
            complain("template-label-promql-rule", title, "", name + " asks for " + variable.path("query"));
        }
        if (variable.path("refresh").asInt() != 2) {
            complain(
                    "template-on-time-change-reload-rule",
                    title,
                    "",
                    name + " is not asked again when the time changes");
        }
    }

    private void lintPanel(String title, JsonNode panel) {
        String name = panel.path("title").asText();
        if (!DRAWN.contains(panel.path("type").asText())) {
            complain("panel-units-rule", title, name, "a type that this test does not know: " + panel.path("type"));
        }
        if (!panel.path("datasource").path("uid").asText().equals("${datasource}")) {
            complain("panel-datasource-rule", title, name, "not of the variable");
        }
        if (name.isBlank() || panel.path("description").asText().isBlank()) {
            complain("panel-title-description-rule", title, name, "has no title or no description");
        }
        if (!UNITS.contains(
                panel.path("fieldConfig").path("defaults").path("unit").asText())) {
            complain("panel-units-rule", title, name, "has no unit");
        }
        if (panel.path("targets").isEmpty()) {
            complain("panel-no-targets-rule", title, name, "asks nothing");
        }
        Set<String> refs = new HashSet<>();
        for (JsonNode target : panel.path("targets")) {
            if (!refs.add(target.path("refId").asText())) {
                complain("target-promql-rule", title, name, "two targets are " + target.path("refId"));
            }
            if (!target.path("datasource").path("uid").asText().equals("${datasource}")) {
                complain("panel-datasource-rule", title, name, "a target is not of the variable");
            }
            lintTarget(title, name, target.path("expr").asText());
        }
    }

    private void lintTarget(String title, String panel, String expression) {
        List<Selector> selectors;
        try {
            selectors = Selector.of(expression);
        } catch (IllegalArgumentException e) {
            complain("target-promql-rule", title, panel, e.getMessage());
            return;
        }
        if (selectors.isEmpty()) {
            complain("target-promql-rule", title, panel, "asks for no metric: " + expression);
        }
        for (Selector selector : selectors) {
            for (String label : List.of("job", "instance")) {
                boolean matched = selector.match(label)
                        .filter(match ->
                                match.operator().equals("=~") && match.value().equals("$" + label))
                        .isPresent();
                if (!matched) {
                    complain("target-" + label + "-rule", title, panel, selector.metric() + " is not of $" + label);
                }
            }
            if (RATES.contains(selector.call()) && !selector.range().equals("$__rate_interval")) {
                complain("target-rate-interval-rule", title, panel, selector.metric() + " over " + selector.range());
            }
            if (selector.metric().endsWith("_total") && !INCREASES.contains(selector.call())) {
                complain("target-counter-agg-rule", title, panel, selector.metric() + " is a counter");
            }
        }
    }

    private void complain(String rule, String dashboard, String panel, String text) {
        complaints.add(new Complaint(rule, dashboard, panel, text));
    }

    private record Exclusion(String rule, String dashboard, String panel) {}

    private static List<Exclusion> exclusions() {
        List<Exclusion> exclusions = new ArrayList<>();
        JsonNode lint = Grafana.yaml(Grafana.DASHBOARDS.resolve(".lint"));
        lint.path("exclusions").properties().forEach(rule -> {
            assertThat(rule.getValue().path("reason").asText())
                    .as(rule.getKey())
                    .isNotBlank();
            StreamSupport.stream(rule.getValue().path("entries").spliterator(), false)
                    .forEach(entry -> exclusions.add(new Exclusion(
                            rule.getKey(),
                            entry.path("dashboard").asText(),
                            entry.path("panel").asText())));
        });
        return exclusions;
    }

    private static boolean excluded(Complaint complaint) {
        return exclusions().contains(new Exclusion(complaint.rule(), complaint.dashboard(), complaint.panel()));
    }
}
