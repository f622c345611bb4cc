package dev.millrace.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizingPageTest {
    private static final Path PAGE = Path.of("../docs/operations/sizing.md");
    private static final Path CHART = Path.of("../helm/millrace");

    @Test
    void the_page_has_what_the_simulation_says() throws IOException {
        if ("write".equals(System.getProperty("millrace.docs"))) {
            SizingTable.write(PAGE);
        }
        String page = Files.readString(PAGE);

        assertThat(page).as("run ./millrace bench --autoscaling").isEqualTo(SizingTable.in(page));
    }

    @Test
    void what_is_simulated_is_what_the_chart_sets() throws IOException {
        JsonNode values = yaml("values.yaml");
        JsonNode common = values.path("common").path("autoscaling");
        JsonNode production = yaml("values-production.yaml").path("common");
        for (Scaling scaling : Scaling.ofTheChart()) {
            JsonNode own = values.path(scaling.service()).path("autoscaling");
            JsonNode behavior = own.has("behavior") ? own.path("behavior") : common.path("behavior");

            assertThat(scaling.targetCpu() * 100)
                    .as(scaling.service())
                    .isEqualTo(own.path("targetCPU").asDouble());
            assertThat(scaling.min()).isEqualTo(common.path("minReplicas").asInt());
            assertThat(scaling.max()).isEqualTo(common.path("maxReplicas").asInt());
            assertThat(scaling.up()).isEqualTo(direction(behavior.path("scaleUp")));
            assertThat(scaling.down()).isEqualTo(direction(behavior.path("scaleDown")));
            assertThat(scaling.inProduction().min())
                    .isEqualTo(
                            production.path("autoscaling").path("minReplicas").asInt());
            assertThat(scaling.inProduction().max())
                    .isEqualTo(
                            production.path("autoscaling").path("maxReplicas").asInt());
        }
        assertThat(production.path("resources").path("requests").path("cpu").asText())
                .isEqualTo("1");
    }

    private static Direction direction(JsonNode direction) {
        List<Policy> policies = new ArrayList<>();
        for (JsonNode policy : direction.path("policies")) {
            policies.add(new Policy(
                    policy.path("type").asText().equals("Percent"),
                    policy.path("value").asInt(),
                    policy.path("periodSeconds").asInt()));
        }
        return new Direction(direction.path("stabilizationWindowSeconds").asInt(), policies);
    }

    private static JsonNode yaml(String file) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(CHART.resolve(file).toFile());
    }
}
