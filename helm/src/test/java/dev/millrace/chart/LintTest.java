package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LintTest {
    static List<Path> scenarios() {
        return Repository.scenarios();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void helm_finds_nothing_to_say(Path values) {
        FakeCluster.start();
        // Linting knows the chart's own values alone.
        Path chart = ChartCopy.changed(template -> template);
        JsonNode own = Yaml.parse(Repository.read(chart.resolve("values.yaml")));
        JsonNode merged = merge((ObjectNode) own, Yaml.parse(Repository.read(values)));
        Repository.write(chart.resolve("values.yaml"), Yaml.write(merged));

        LintResult result = new Helm(chart).lint().strict().call();

        assertThat(result.getMessages())
                .filteredOn(message -> !message.contains("icon is recommended"))
                .isEmpty();
        assertThat(result.isFailed()).isFalse();
    }

    private static JsonNode merge(ObjectNode base, JsonNode over) {
        over.properties().forEach(entry -> {
            JsonNode there = base.path(entry.getKey());
            base.set(
                    entry.getKey(),
                    there.isObject() && entry.getValue().isObject()
                            ? merge((ObjectNode) there, entry.getValue())
                            : entry.getValue());
        });
        return base;
    }
}
