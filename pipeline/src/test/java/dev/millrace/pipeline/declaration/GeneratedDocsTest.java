package dev.millrace.pipeline.declaration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class GeneratedDocsTest {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Path REFERENCE = Path.of("../docs/reference");
    private static final Path EXAMPLE = Path.of("../examples/card-fraud/pipeline.yaml");

    @Test
    void the_committed_schema_is_the_one_that_the_records_give() throws Exception {
        String schema = JSON.writeValueAsString(DeclarationSchema.jsonSchema()) + "\n";

        assertCommitted(REFERENCE.resolve("pipeline.schema.json"), schema);
    }

    @Test
    void the_committed_reference_page_is_the_one_that_the_records_give() throws Exception {
        assertCommitted(REFERENCE.resolve("pipeline.md"), page());
    }

    @Test
    void the_page_names_every_field_type_and_every_reason() throws Exception {
        String page = page();

        for (FieldType type : FieldType.values()) {
            assertThat(page).contains("\n| `" + type.declaredName() + "` | ");
        }
        for (var constant : RejectionReason.class.getFields()) {
            if (Modifier.isStatic(constant.getModifiers())) {
                assertThat(page).contains("\n| `" + constant.get(null) + "` | ");
            }
        }
    }

    @Test
    void the_schema_accepts_the_example_that_is_shipped() throws Exception {
        assertThat(validate(Files.readString(EXAMPLE))).isEmpty();
    }

    @Test
    void the_schema_refuses_what_the_reader_refuses() throws Exception {
        String example = Files.readString(EXAMPLE);

        assertThat(validate(example.replace("  sources:", "  surces:")))
                .anyMatch(mistake -> mistake.getMessage().contains("surces"));
        assertThat(validate(example.replace("type: decimal", "type: decimall"))).isNotEmpty();
        assertThat(validate(example.replace("name: card-fraud", "name: Card Fraud")))
                .isNotEmpty();
        assertThat(validate(example.replace("time: tx_datetime", "tyme: tx_datetime")))
                .isNotEmpty();
        assertThat(validate(example.replace("http: {}", "http: {}\n      file: { path: a.csv }")))
                .isNotEmpty();
        assertThat(validate(example.replace("is_night:", "Is-Night:"))).isNotEmpty();
    }

    @Test
    void the_schema_refuses_an_apiversion_with_more_behind_it() throws Exception {
        String example = Files.readString(EXAMPLE);

        assertThat(validate(example.replace("v1alpha1\n", "v1alpha12\n"))).isNotEmpty();
    }

    private static Set<ValidationMessage> validate(String yaml) {
        Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        JsonNode schema = DeclarationSchema.jsonSchema();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema)
                .validate(JSON.valueToTree(document));
    }

    private static String page() throws Exception {
        try (InputStream values = GeneratedDocsTest.class.getResourceAsStream("reference-values.md")) {
            return ReferencePage.write(
                    Files.readString(EXAMPLE), new String(values.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void assertCommitted(Path file, String generated) throws Exception {
        if ("write".equals(System.getProperty("millrace.docs"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("%s is generated and out of date; run ./mvnw -pl pipeline test -Dmillrace.docs=write", file)
                .isEqualTo(generated);
    }
}
