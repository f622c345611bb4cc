package dev.millrace.grafana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of this module as they are shipped. */
final class Grafana {
    static final Path DASHBOARDS = Path.of("dashboards");
    static final Path RULES = Path.of("rules/millrace.rules.yaml");
    static final Path CASES = Path.of("rules/tests");
    static final Path RUNBOOKS = Path.of("../docs/operations/runbooks");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Grafana() {}

    /** Each dashboard by its file's name. */
    static Map<String, JsonNode> dashboards() throws IOException {
        Map<String, JsonNode> dashboards = new LinkedHashMap<>();
        for (Path file : Expression.files(DASHBOARDS)) {
            dashboards.put(file.getFileName().toString(), JSON.readTree(file.toFile()));
        }
        return dashboards;
    }

    /** Every alert. */
    static List<JsonNode> alerts() {
        List<JsonNode> alerts = new ArrayList<>();
        for (JsonNode group : yaml(RULES).path("groups")) {
            group.path("rules").forEach(rule -> {
                if (rule.has("alert")) {
                    alerts.add(rule);
                }
            });
        }
        return alerts;
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
