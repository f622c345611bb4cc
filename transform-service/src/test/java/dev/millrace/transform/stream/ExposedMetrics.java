package dev.millrace.transform.stream;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Millrace's metrics, as {@code <type> <labels>} by their names: as a service exposes them and as the page has them. */
final class ExposedMetrics {
    private static final Pattern TYPE = Pattern.compile("^# TYPE (millrace_\\w+) (\\w+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(millrace_\\w+)` \\| (\\w+) \\| (.*?) \\| (.*?) \\|", Pattern.MULTILINE);
    private static final Pattern QUOTED = Pattern.compile("`(\\w+)`");

    private ExposedMetrics() {}

    static Map<String, String> in(String exposition) {
        Map<String, String> metrics = new TreeMap<>();
        Matcher type = TYPE.matcher(exposition);
        while (type.find()) {
            Pattern sample =
                    Pattern.compile("^" + type.group(1) + "(?:_bucket|_sum|_count)?\\{(.*)} .*$", Pattern.MULTILINE);
            Set<String> labels = new TreeSet<>();
            sample.matcher(exposition).results().forEach(line -> labels.addAll(found(LABEL, line.group(1))));
            labels.remove("le");
            metrics.put(type.group(1), type.group(2) + " " + labels);
        }
        return metrics;
    }

    static Map<String, String> documented(String page, String service) {
        Map<String, String> metrics = new TreeMap<>();
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            if (List.of(row.group(4).split(", ")).contains(service)) {
                metrics.put(row.group(1), row.group(2) + " " + new TreeSet<>(found(QUOTED, row.group(3))));
            }
        }
        return metrics;
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
