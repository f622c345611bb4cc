package dev.millrace.service.docs;

import java.util.List;
import java.util.Locale;

/**
 * A key that a user may set.
 *
 * @param name the property's name
 * @param fallback its value where nobody sets it; empty if it has none
 * @param services who reads it
 * @param meaning what it is for, as Markdown
 */
record ConfigurationKey(String name, String fallback, List<String> services, String meaning) {
    /** The environment variable for it, by MicroProfile Config's rule. */
    String variable() {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    String row() {
        String value = fallback.isEmpty() ? "none" : "`" + fallback + "`";
        return "| `%s` | `%s` | %s | %s | %s |%n"
                .formatted(name, variable(), value, String.join(", ", services), meaning.replace("|", "\\|"));
    }
}
