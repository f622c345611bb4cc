package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/** The chart's README: a beginning, and a table of every value. */
final class ValuesReadme {
    private static final String HEAD = """
            <!-- Generated from values.yaml by GeneratedFilesTest. -->
            # The chart millrace

            Four services, the kind `Pipeline`, and, to try them out, a Kafka broker and a PostgreSQL database.

            ```sh
            helm install millrace helm/millrace --namespace millrace --create-namespace
            helm test millrace --namespace millrace --logs
            ```

            Kubernetes 1.30 or newer, Helm 3.16 or 4. The images come from `./millrace images`, which needs neither a registry nor a
            daemon. What runs by default is for trying out: begin with [values-production.yaml](values-production.yaml) for data that
            anyone needs. Installing, upgrading, going back and removing: [docs/operations/install.md](../../docs/operations/install.md).
            Why the chart is as it is: [docs/decisions/0008](../../docs/decisions/0008-the-chart.md).

            ## Values

            """;

    private ValuesReadme() {}

    static String of(List<AnnotatedValues.Key> keys) {
        StringBuilder page = new StringBuilder(HEAD);
        String section = "";
        for (AnnotatedValues.Key key : keys) {
            String top = key.path().get(0);
            if (!top.equals(section)) {
                section = top;
                boolean table = key.hasParts();
                page.append("### `")
                        .append(top)
                        .append("`\n\n")
                        .append(key.text())
                        .append("\n\n");
                if (!table) {
                    page.append("Default: `").append(value(key.value())).append("`\n\n");
                    continue;
                }
                page.append("| key | default | meaning |\n|---|---|---|\n");
                page.append(rows(keys, top)).append('\n');
            }
        }
        return page.toString().strip() + "\n";
    }

    private static String rows(List<AnnotatedValues.Key> keys, String top) {
        return keys.stream()
                .filter(key -> key.path().size() > 1 && key.path().get(0).equals(top))
                .filter(key -> !isBelowAFreeKey(key, keys))
                .filter(key -> !key.hasParts() || !key.text().isEmpty())
                .map(key -> "| `%s` | %s | %s |%n"
                        .formatted(
                                key.name(),
                                key.hasParts() ? "" : "`" + value(key.value()) + "`",
                                key.text().replace("|", "\\|")))
                .collect(Collectors.joining());
    }

    private static boolean isBelowAFreeKey(AnnotatedValues.Key key, List<AnnotatedValues.Key> keys) {
        return keys.stream()
                .anyMatch(other -> other.isFree()
                        && other.path().size() > 1
                        && other.path().size() < key.path().size()
                        && key.path().subList(0, other.path().size()).equals(other.path()));
    }

    private static String value(JsonNode value) {
        return value.toString().replace("|", "\\|");
    }
}
