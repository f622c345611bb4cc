package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceDefinitionTest {
    private static final Path FILE = Path.of("../k8s/crds/pipelines.millrace.dev.yaml");
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    @Test
    void the_committed_definition_is_the_one_that_the_records_give() throws Exception {
        String generated = "# Generated from the declaration's records by ResourceDefinitionTest.\n"
                + YAML.writeValueAsString(ResourceDefinition.definition());
        if ("write".equals(System.getProperty("millrace.docs"))) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, generated);
        }

        assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
                .as("%s is generated and out of date; run ./mvnw -pl service test -Dmillrace.docs=write", FILE)
                .isEqualTo(generated);
    }

    @Test
    void every_value_of_the_schema_has_one_type_as_the_api_server_demands() {
        List<String> untyped = new ArrayList<>();
        collectUntyped("", ResourceDefinition.definition().at("/spec/versions/0/schema/openAPIV3Schema"), untyped);

        assertThat(untyped).isEmpty();
    }

    @Test
    void says_nothing_that_the_kubernetes_model_does_not_know() throws Exception {
        JsonNode definition = ResourceDefinition.definition();

        KubernetesSerialization model = new KubernetesSerialization();
        CustomResourceDefinition typed = model.unmarshal(definition.toString(), CustomResourceDefinition.class);

        assertThat(Declarations.JSON.readTree(model.asJson(typed))).isEqualTo(definition);
    }

    private static void collectUntyped(String path, JsonNode schema, List<String> untyped) {
        if (!schema.path("type").isTextual()
                || schema.path("additionalProperties").isBoolean()) {
            untyped.add(path);
        }
        schema.path("properties")
                .properties()
                .forEach(property -> collectUntyped(path + "/" + property.getKey(), property.getValue(), untyped));
        for (String below : List.of("additionalProperties", "items")) {
            if (schema.has(below)) {
                collectUntyped(path + "/*", schema.get(below), untyped);
            }
        }
    }
}
