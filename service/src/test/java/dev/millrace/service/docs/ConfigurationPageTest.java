package dev.millrace.service.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final String HEAD = """
            <!-- Generated from the sources by ConfigurationPageTest. -->
            # Configuration

            Each key is set as a Java system property (`-Dkey=value`), as an environment variable, or in a file
            `config/application.properties` below the service's working folder; the first of them that has it wins, in
            this order. Durations are written
            `100ms`, `10s`, `5m`, `1h`, `7d`; sizes `64K`, `10M`, `1G`. Which metrics tell whether a value fits:
            [metrics](metrics.md).
            """;

    @Test
    void the_committed_page_is_the_one_that_the_sources_give() throws Exception {
        Path file = Sources.page("configuration.md");
        String page = page();
        if ("write".equals(System.getProperty("millrace.docs"))) {
            Files.writeString(file, page);
        }

        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("%s is generated and out of date; run ./mvnw -pl service test -Dmillrace.docs=write", file)
                .isEqualTo(page);
    }

    @Test
    void reads_names_defaults_groups_and_services_from_the_interfaces() {
        List<ConfigurationKey> keys = ConfigMappings.keys();

        assertThat(keys)
                .contains(new ConfigurationKey(
                        "millrace.pipelines.poll",
                        "1s",
                        Sources.SERVICES,
                        "How often the folder is looked at for changes."));
        assertThat(keys)
                .extracting(ConfigurationKey::name)
                .contains("millrace.data.dir", "millrace.files.poll", "millrace.streams.state-dir")
                .doesNotHaveDuplicates();
        assertThat(keys).allSatisfy(key -> assertThat(key.meaning()).isNotBlank());
    }

    private static String page() {
        List<ConfigurationKey> own = ConfigMappings.keys().stream()
                .sorted(Comparator.comparing(ConfigurationKey::name))
                .toList();
        return HEAD + table("Of Millrace", own) + table("Of what it stands on", OfTheFramework.keys());
    }

    private static String table(String title, List<ConfigurationKey> keys) {
        return "\n## " + title
                + "\n\n| key | environment variable | default | services | meaning |\n|---|---|---|---|---|\n"
                + keys.stream().map(ConfigurationKey::row).collect(Collectors.joining());
    }
}
