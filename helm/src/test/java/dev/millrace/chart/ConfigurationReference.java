package dev.millrace.chart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/reference/configuration.md says which service reads. */
final class ConfigurationReference {
    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+)` \\| `([A-Z0-9_]+)` \\| .*? \\| ([a-z, ]+) \\| .* \\|$", Pattern.MULTILINE);

    private final Map<String, List<String>> services = new HashMap<>();

    private ConfigurationReference() {}

    static ConfigurationReference read() {
        ConfigurationReference reference = new ConfigurationReference();
        Matcher row = ROW.matcher(Repository.read(Repository.ROOT.resolve("docs/reference/configuration.md")));
        while (row.find()) {
            // A key with another default for each of two services has two rows.
            reference
                    .services
                    .computeIfAbsent(row.group(2), variable -> new ArrayList<>())
                    .addAll(List.of(row.group(3).split(", ")));
        }
        return reference;
    }

    /** Whether that service reads that variable; all properties of Kafka's clients are every service's. */
    boolean hasVariable(String variable, String service) {
        return variable.startsWith("KAFKA_")
                || services.getOrDefault(variable, List.of()).contains(service);
    }
}
