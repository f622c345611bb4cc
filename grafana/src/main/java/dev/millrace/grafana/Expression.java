package dev.millrace.grafana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An expression of a panel or a rule, as the files have it.
 *
 * @param where the dashboard and panel, or the rule
 * @param text the expression
 * @param alert whether it is an alert's, which is to have no data
 */
public record Expression(String where, String text, boolean alert) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** The expressions of all dashboards in a folder. */
    public static List<Expression> ofDashboards(Path folder) throws IOException {
        List<Expression> expressions = new ArrayList<>();
        for (Path file : files(folder)) {
            JsonNode dashboard = JSON.readTree(file.toFile());
            for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.path("targets")) {
                    String where = dashboard.path("title").asText() + ": "
                            + panel.path("title").asText();
                    expressions.add(new Expression(where, target.path("expr").asText(), false));
                }
            }
        }
        return expressions;
    }

    /** The expressions of a file of rules. */
    public static List<Expression> ofRules(Path file) throws IOException {
        List<Expression> expressions = new ArrayList<>();
        for (JsonNode group : YAML.readTree(file.toFile()).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                boolean alert = rule.has("alert");
                String name = rule.path(alert ? "alert" : "record").asText();
                expressions.add(new Expression("rule " + name, rule.path("expr").asText(), alert));
            }
        }
        return expressions;
    }

    /** The expression as Grafana would send it with all of everything chosen. */
    public String withVariables(String rateInterval, String range) {
        return text.replace("$__rate_interval", rateInterval)
                .replace("$__range", range)
                .replace("=~\"$namespace\"", "=~\".*\"")
                .replace("=~\"$pipeline\"", "=~\".*\"")
                .replace("=~\"$job\"", "=~\".+\"")
                .replace("=~\"$instance\"", "=~\".+\"");
    }

    /** The panels of a dashboard, those in closed rows too, without the rows. */
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            if (panel.path("type").asText().equals("row")) {
                panel.path("panels").forEach(panels::add);
            } else {
                panels.add(panel);
            }
        }
        return panels;
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
