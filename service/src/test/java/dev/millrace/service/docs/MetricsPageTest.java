package dev.millrace.service.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page of metrics names what the sources register and no more. Labels and what is exposed in fact are compared with
 * the running services, by their own tests and in acceptance.
 */
class MetricsPageTest {
    private record Metric(String type, Set<String> services) {}

    private static final Pattern METER = Pattern.compile(
            "(Counter|Gauge|Timer|DistributionSummary)\\s*\\.builder\\(\\s*\"(millrace\\.[a-z.]+)\"(.*?)\\.register\\(",
            Pattern.DOTALL);
    private static final Pattern STAGE_METER = Pattern.compile("(timer|counter)\\(\"(millrace\\.[a-z.]+)\"()");
    private static final Pattern UNIT = Pattern.compile("\\.baseUnit\\(\"(\\w+)\"\\)");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(millrace_\\w+)` \\| (\\w+) \\| (.*) \\| ([a-z, ]+) \\| .+ \\|$", Pattern.MULTILINE);

    @Test
    void names_every_metric_of_the_sources_with_its_type_and_services() throws Exception {
        Map<String, Metric> page = page();

        assertThat(page).isEqualTo(sources());
    }

    @Test
    void every_row_of_the_table_can_be_read() throws Exception {
        String text = Files.readString(Sources.page("metrics.md"));

        assertThat(ROW.matcher(text).results().count())
                .isEqualTo(text.lines().filter(line -> line.startsWith("| `")).count());
    }

    private static Map<String, Metric> page() throws Exception {
        Map<String, Metric> metrics = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Sources.page("metrics.md")));
        while (row.find()) {
            metrics.put(
                    row.group(1),
                    new Metric(row.group(2), new TreeSet<>(Set.of(row.group(4).split(", ")))));
        }
        return metrics;
    }

    private static Map<String, Metric> sources() {
        Map<String, Metric> metrics = new TreeMap<>();
        Sources.java().forEach((file, text) -> {
            Set<MatchResult> meters = new LinkedHashSet<>();
            METER.matcher(text).results().forEach(meters::add);
            STAGE_METER.matcher(text).results().forEach(meters::add);
            meters.forEach(meter -> register(meter, file, metrics));
        });
        return metrics;
    }

    /** Under the names that Micrometer's Prometheus registry gives. */
    private static void register(MatchResult meter, Path file, Map<String, Metric> metrics) {
        String name = meter.group(2).replace('.', '_');
        Set<String> services = new TreeSet<>(Sources.servicesOf(file));
        switch (meter.group(1)) {
            case "Counter", "counter" -> metrics.put(name + "_total", new Metric("counter", services));
            case "Gauge" -> {
                Matcher unit = UNIT.matcher(meter.group(3));
                metrics.put(name + (unit.find() ? "_" + unit.group(1) : ""), new Metric("gauge", services));
            }
            default -> {
                String base = meter.group(1).equals("DistributionSummary") ? name : name + "_seconds";
                metrics.put(base, new Metric("histogram", services));
                metrics.put(base + "_max", new Metric("gauge", services));
            }
        }
    }
}
