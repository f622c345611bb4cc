package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclarationsTest {
    private static final Path EXAMPLE = Path.of("../examples/card-fraud/pipeline.yaml");

    @Test
    void the_example_is_the_same_pipeline_after_an_api_server_has_sorted_its_keys() throws Exception {
        Object declared = new YAMLMapper().readValue(Files.readString(EXAMPLE), Map.class);
        String sorted = JsonMapper.builder()
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .build()
                .writeValueAsString(declared);

        Verdict verdict = Verdicts.of(sorted);

        assertThat(verdict.mistake()).isEmpty();
        assertThat(verdict.good()
                        .orElseThrow()
                        .pipeline()
                        .transform()
                        .cleanSchema()
                        .names())
                .containsExactlyInAnyOrderElementsOf(Verdicts.of(Files.readString(EXAMPLE))
                        .good()
                        .orElseThrow()
                        .pipeline()
                        .transform()
                        .cleanSchema()
                        .names());
    }

    @Test
    void a_text_with_all_that_json_escapes_is_read_as_it_is() {
        Verdict verdict = Verdicts.of(Yaml.VALID.replace(
                "derive: { large: \"amount > 100.0\" }",
                "derive: { odd: \"'\\\\u00e9\\\\n\\\\t/ \\\"quoted\\\" 🙂'\" }"));

        assertThat(verdict.mistake()).isEmpty();
    }
}
