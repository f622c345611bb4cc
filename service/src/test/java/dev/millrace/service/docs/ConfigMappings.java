package dev.millrace.service.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the keys from the sources of {@code @ConfigMapping} interfaces, their meaning from the Javadoc. It knows what these
 * interfaces consist of: documented methods, and interfaces one level below that group keys.
 */
final class ConfigMappings {
    private static final Pattern MAPPING =
            Pattern.compile("@ConfigMapping\\(prefix = \"([^\"]+)\"\\)\\s*public interface \\w+ \\{");
    private static final Pattern GROUP = Pattern.compile("^    interface (\\w+) \\{(.*?)^    }", multiline());
    private static final Pattern METHOD = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*((?:@\\w+\\(\"[^\"]*\"\\)\\s*)*)([\\w.<>]+) (\\w+)\\(\\);", multiline());
    private static final Pattern BARE_METHOD = Pattern.compile("^ +[\\w.<>]+ \\w+\\(\\);", multiline());
    private static final Pattern ANNOTATION = Pattern.compile("@(\\w+)\\(\"([^\"]*)\"\\)");

    private ConfigMappings() {}

    static List<ConfigurationKey> keys() {
        List<ConfigurationKey> keys = new ArrayList<>();
        Sources.java().forEach((file, text) -> {
            Matcher mapping = MAPPING.matcher(text);
            if (mapping.find()) {
                keys.addAll(keys(file, mapping.group(1), text.substring(mapping.end())));
            }
        });
        return keys;
    }

    private static List<ConfigurationKey> keys(Path file, String prefix, String body) {
        Map<String, String> groups = new HashMap<>();
        Matcher group = GROUP.matcher(body);
        while (group.find()) {
            groups.put(group.group(1), group.group(2));
        }
        List<ConfigurationKey> keys = new ArrayList<>();
        read(file, prefix, GROUP.matcher(body).replaceAll(""), groups, keys);
        return keys;
    }

    private static void read(
            Path file, String prefix, String body, Map<String, String> groups, List<ConfigurationKey> keys) {
        Matcher method = METHOD.matcher(body);
        int found = 0;
        while (method.find()) {
            found++;
            Map<String, String> annotations = annotations(method.group(2));
            String name = prefix + "." + annotations.getOrDefault("WithName", kebab(method.group(4)));
            String group = groups.get(method.group(3));
            if (group != null) {
                read(file, name, group, Map.of(), keys);
            } else {
                keys.add(new ConfigurationKey(
                        name,
                        annotations.getOrDefault("WithDefault", ""),
                        Sources.servicesOf(file),
                        markdown(method.group(1))));
            }
        }
        if (found != BARE_METHOD.matcher(body).results().count()) {
            throw new AssertionError(file + ": a key has no Javadoc, or an annotation that this reader does not know");
        }
    }

    private static Map<String, String> annotations(String text) {
        Map<String, String> values = new HashMap<>();
        Matcher matcher = ANNOTATION.matcher(text);
        while (matcher.find()) {
            values.put(matcher.group(1), matcher.group(2));
        }
        return values;
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    private static String markdown(String javadoc) {
        return javadoc.replaceAll("\\n\\s*\\*", " ")
                .replaceAll("\\{@code ((?:[^{}]|\\{[^{}]*})*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static int multiline() {
        return Pattern.MULTILINE | Pattern.DOTALL;
    }
}
