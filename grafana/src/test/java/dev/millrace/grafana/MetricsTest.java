package dev.millrace.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Panels and rules ask for what there is. Compared with what the services said when they were recorded last: {@code ./mvnw
 * -pl acceptance verify -Dit.test=ObservedIT -Dmillrace.scrapes=write} records them anew.
 */
class MetricsTest {
    private static final Path SCRAPES = Path.of("src/test/resources/scrapes");
    private static final Path PAGE = Path.of("../docs/reference/metrics.md");
    private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(millrace_\\w+)` \\| (\\w+) \\| (.*?) \\|");

    /** What Prometheus adds to every sample, or makes itself, and what a cluster's own exporters have. */
    private static final Set<String> OF_TARGETS = Set.of("job", "instance", "namespace", "pod", "service");

    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");
    private static final Pattern OF_CLUSTERS = Pattern.compile("kube_\\w+|container_\\w+");

    /** Labels and their values, by metric. */
    private final Map<String, Map<String, Set<String>>> known = new HashMap<>();

    private final Set<String> recorded = new HashSet<>();

    MetricsTest() throws IOException {
        for (String service : List.of("ingest", "transform", "model", "load")) {
            Files.readString(SCRAPES.resolve(service + ".txt")).lines().forEach(this::sample);
        }
        Matcher row = DOCUMENTED.matcher(Files.readString(PAGE));
        while (row.find()) {
            List<String> names = row.group(2).equals("histogram")
                    ? List.of(row.group(1) + "_bucket", row.group(1) + "_sum", row.group(1) + "_count")
                    : List.of(row.group(1));
            for (String name : names) {
                Map<String, Set<String>> labels = known.computeIfAbsent(name, key -> new HashMap<>());
                Matcher label = Pattern.compile("`(\\w+)`").matcher(row.group(3));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), key -> new HashSet<>());
                }
            }
        }
        for (Expression rule : Expression.ofRules(Grafana.RULES)) {
            if (!rule.alert()) {
                recorded.add(rule.where().replace("rule ", ""));
            }
        }
    }

    @Test
    void every_metric_of_a_panel_or_rule_is_exposed_with_its_labels() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Expression expression : expressions()) {
            for (Selector selector : Selector.of(expression.text())) {
                wrong.addAll(wrongWith(expression.where(), selector));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void every_metric_of_the_page_is_on_a_panel() throws Exception {
        Set<String> shown = new HashSet<>();
        for (Expression expression : Expression.ofDashboards(Grafana.DASHBOARDS)) {
            Selector.of(expression.text()).forEach(selector -> shown.add(base(selector.metric())));
        }
        Matcher row = DOCUMENTED.matcher(Files.readString(PAGE));
        Set<String> documented = new HashSet<>();
        while (row.find()) {
            // The greatest of the last minutes is there for those without dashboards.
            if (!row.group(1).endsWith("_max")) {
                documented.add(row.group(1));
            }
        }
        assertThat(shown).containsAll(documented);
    }

    private List<Expression> expressions() throws IOException {
        List<Expression> expressions = new ArrayList<>(Expression.ofDashboards(Grafana.DASHBOARDS));
        expressions.addAll(Expression.ofRules(Grafana.RULES));
        return expressions;
    }

    private List<String> wrongWith(String where, Selector selector) {
        String metric = selector.metric();
        boolean others = OF_PROMETHEUS.contains(metric)
                || recorded.contains(metric)
                || OF_CLUSTERS.matcher(metric).matches();
        if (others) {
            return List.of();
        }
        Map<String, Set<String>> labels = known.get(metric);
        if (labels == null) {
            return List.of(where + ": nothing exposes " + metric);
        }
        List<String> wrong = new ArrayList<>();
        Set<String> used = new HashSet<>(selector.groupedBy());
        selector.matchers().forEach(match -> used.add(match.label()));
        used.stream()
                .filter(label -> !labels.containsKey(label) && !OF_TARGETS.contains(label))
                .forEach(label -> wrong.add(where + ": " + metric + " has no label " + label));
        selector.match("le")
                .filter(match -> !labels.getOrDefault("le", Set.of()).contains(match.value()))
                .ifPresent(match -> wrong.add(where + ": " + metric + " has no bucket " + match.value()));
        return wrong;
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (line.startsWith("#") || !sample.matches()) {
            return;
        }
        Map<String, Set<String>> labels = known.computeIfAbsent(sample.group(1), key -> new HashMap<>());
        if (sample.group(2) != null) {
            Matcher label = LABEL.matcher(sample.group(2));
            while (label.find()) {
                labels.computeIfAbsent(label.group(1), key -> new HashSet<>()).add(label.group(2));
            }
        }
    }

    private static String base(String metric) {
        return metric.replaceFirst("_(bucket|sum|count)$", "");
    }
}
