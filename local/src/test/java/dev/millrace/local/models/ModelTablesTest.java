package dev.millrace.local.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelTablesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void a_version_is_told_in_lines_that_fit_a_terminal() throws IOException {
        String features = IntStream.range(0, 35)
                .mapToObj(i -> "{\"name\": \"customer_feature_" + i + "\"}")
                .collect(Collectors.joining(","));
        List<String> lines = ModelTables.version(version("""
                {"version": "1", "aliases": ["champion"], "sha256": "8cbc", "threshold": 0.1236,
                 "registered": {"at": "2026-03-01T10:37:12Z", "by": "ann", "origin": "a call"},
                 "features": [%s], "trainedOn": "clicks of March",
                 "training": {"kind": "boosted_trees", "rows": 269647},
                 "metrics": {"auc_roc": 0.893, "brier": 0.0024}}""".formatted(features)));

        assertThat(lines)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(110))
                .startsWith(
                        "  version     1",
                        "  aliases     champion",
                        "  registered  2026-03-01 10:37:12 by ann, from a call")
                .endsWith(
                        "  trained on  clicks of March",
                        "  training    kind = boosted_trees, rows = 269647",
                        "  metrics     auc_roc = 0.8930, brier = 0.0024");
        assertThat(String.join("\n", lines)).contains("customer_feature_0,", "customer_feature_34");
    }

    @Test
    void a_version_is_not_compared_with_itself() throws IOException {
        JsonNode version = version("{\"version\": \"3\", \"metrics\": {\"auc_roc\": 0.9}}");

        assertThat(ModelTables.comparison(version, version))
                .singleElement()
                .asString()
                .contains("Both are version 3");
    }

    @Test
    void what_is_long_is_compared_below_the_table() throws IOException {
        List<String> lines = ModelTables.comparison(
                version("{\"version\": \"1\", \"metrics\": {\"auc_roc\": 0.9}, \"trainedOn\": \"clicks of March\"}"),
                version("{\"version\": \"2\", \"metrics\": {\"auc_roc\": 0.91}, \"trainedOn\": \"clicks of April\"}"));

        assertThat(lines)
                .contains("  trained on of version 1: clicks of March", "  trained on of version 2: clicks of April");
        assertThat(lines.get(1)).matches("  auc_roc +0.9000 +0.9100 +\\+0.0100");
    }

    private static JsonNode version(String json) throws IOException {
        return JSON.readTree(json);
    }
}
