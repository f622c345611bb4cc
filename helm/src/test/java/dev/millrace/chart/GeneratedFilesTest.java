package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The chart's files that are made from others. */
class GeneratedFilesTest {
    private static final List<AnnotatedValues.Key> KEYS =
            AnnotatedValues.read(Repository.read(Repository.CHART.resolve("values.yaml")));

    @Test
    void the_readme_tells_of_the_values_as_they_are() {
        isUpToDate(Repository.CHART.resolve("README.md"), ValuesReadme.of(KEYS));
    }

    @Test
    void the_schema_knows_the_values_as_they_are() {
        isUpToDate(Repository.CHART.resolve("values.schema.json"), ValuesSchema.of(KEYS));
    }

    @Test
    void every_value_is_described() {
        assertThat(KEYS)
                .filteredOn(key -> key.path().size() == 1
                        || KEYS.stream()
                                .anyMatch(parent -> parent.hasParts()
                                        && parent.path()
                                                .equals(key.path()
                                                        .subList(0, key.path().size() - 1))))
                // Of a service's autoscaling only the numbers are its own.
                .filteredOn(key -> !key.name().contains("autoscaling"))
                .allSatisfy(key -> assertThat(key.text()).as(key.name()).isNotEmpty());
    }

    @Test
    void the_definition_is_the_one_that_the_declaration_s_records_give() {
        copies("k8s/crds", ".yaml", "crds");
    }

    @Test
    void the_example_is_the_one_of_examples() {
        isUpToDate(
                Repository.CHART.resolve("files/examples/card-fraud.yaml"),
                Repository.read(Repository.ROOT.resolve("examples/card-fraud/pipeline.yaml")));
    }

    @Test
    void the_dashboards_are_those_of_grafana() {
        copies("grafana/dashboards", ".json", "files/dashboards");
    }

    @Test
    void the_rules_are_those_of_grafana() {
        copies("grafana/rules", ".yaml", "files/rules");
    }

    /** Every file of the one folder is in the other, byte for byte, and nothing else is. */
    private static void copies(String from, String ending, String to) {
        Map<String, String> originals = texts(Repository.ROOT.resolve(from), ending);
        Path folder = Repository.CHART.resolve(to);
        if (Repository.WRITE) {
            texts(folder, ending).keySet().stream()
                    .filter(name -> !originals.containsKey(name))
                    .forEach(name -> folder.resolve(name).toFile().delete());
            originals.forEach((name, text) -> Repository.write(folder.resolve(name), text));
        }

        assertThat(texts(folder, ending))
                .as("helm/millrace/%s holds copies of %s; %s", to, from, Repository.HOW_TO_WRITE)
                .isEqualTo(originals);
    }

    private static Map<String, String> texts(Path folder, String ending) {
        Map<String, String> texts = new TreeMap<>();
        Repository.files(folder, ending)
                .forEach(file -> texts.put(file.getFileName().toString(), Repository.read(file)));
        return texts;
    }

    static void isUpToDate(Path file, String text) {
        if (Repository.WRITE) {
            Repository.write(file, text);
        }

        assertThat(Files.exists(file) ? Repository.read(file) : "")
                .as("%s is generated and out of date; %s", Repository.ROOT.relativize(file), Repository.HOW_TO_WRITE)
                .isEqualTo(text);
    }
}
