package dev.millrace.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever is woken by an alert finds out what it means, and it was seen to fire and not to fire. */
class AlertsTest {
    private static final String BASE = "https://github.com/millrace/millrace/blob/main/docs/operations/runbooks/";

    @Test
    void every_alert_says_how_bad_what_and_what_to_do() {
        for (JsonNode alert : Grafana.alerts()) {
            String name = alert.path("alert").asText();
            assertThat(name).startsWith("Millrace");
            assertThat(alert.path("labels").path("severity").asText()).as(name).isIn("critical", "warning");
            assertThat(alert.path("for").asText()).as(name).isNotBlank();
            assertThat(alert.path("annotations").path("summary").asText())
                    .as(name)
                    .isNotBlank();
            assertThat(alert.path("annotations").path("description").asText())
                    .as(name)
                    .endsWith(".");
            assertThat(alert.path("annotations").path("runbook_url").asText())
                    .as(name)
                    .isEqualTo(BASE + name + ".md");
        }
    }

    @Test
    void every_alert_has_a_page_and_every_page_an_alert() throws Exception {
        assertThat(names(Grafana.RUNBOOKS, ".md")).isEqualTo(alerts());
        for (String alert : alerts()) {
            String page = Files.readString(Grafana.RUNBOOKS.resolve(alert + ".md"));
            assertThat(page).as(alert).startsWith("# " + alert + "\n");
            assertThat(page)
                    .as(alert)
                    .contains("## What it means", "## What to look at", "## What to do", "## Walked through");
        }
    }

    @Test
    void the_page_of_objectives_names_every_alert_with_its_severity() throws Exception {
        String page = Files.readString(Grafana.RUNBOOKS.resolveSibling("slo.md"));
        for (JsonNode alert : Grafana.alerts()) {
            String name = alert.path("alert").asText();
            String severity = alert.path("labels").path("severity").asText();
            assertThat(page).contains("| [" + name + "](runbooks/" + name + ".md) | " + severity + " |");
        }
    }

    @Test
    void every_alert_was_tried_firing_and_not_firing() throws Exception {
        assertThat(names(Grafana.CASES, ".yaml")).isEqualTo(alerts());
        for (String alert : alerts()) {
            int firing = 0;
            int silent = 0;
            for (JsonNode test :
                    Grafana.yaml(Grafana.CASES.resolve(alert + ".yaml")).path("tests")) {
                for (JsonNode expectation : test.path("alert_rule_test")) {
                    assertThat(expectation.path("alertname").asText()).isEqualTo(alert);
                    if (expectation.path("exp_alerts").isEmpty()) {
                        silent++;
                    } else {
                        firing++;
                    }
                }
            }
            assertThat(firing).as(alert + " firing").isPositive();
            assertThat(silent).as(alert + " not firing").isPositive();
        }
    }

    @Test
    void promtool_accepts_the_rules() throws Exception {
        Promtool.Said said = Promtool.here().run("check", "rules", Grafana.RULES.toString());

        assertThat(said.exit()).as(said.output()).isZero();
    }

    @Test
    void promtool_finds_that_every_alert_fires_when_it_should_and_not_otherwise() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("test", "rules"));
        names(Grafana.CASES, ".yaml")
                .forEach(name ->
                        arguments.add(Grafana.CASES.resolve(name + ".yaml").toString()));

        Promtool.Said said = Promtool.here().run(arguments.toArray(String[]::new));

        assertThat(said.exit()).as(said.output()).isZero();
    }

    private static Set<String> alerts() {
        return Grafana.alerts().stream()
                .map(alert -> alert.path("alert").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Path folder, String ending) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending) && !name.startsWith("README"))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .toList();
            return new TreeSet<>(names);
        }
    }
}
