package dev.millrace.pipeline.declaration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes the reference page of the declaration: a section a mapping, a row a key, in the order of the records. */
final class ReferencePage {
    private final StringBuilder page = new StringBuilder();

    private ReferencePage() {}

    /**
     * The page in Markdown.
     *
     * @param example a whole declaration
     * @param values the prose on values, behind the keys
     */
    static String write(String example, String values) {
        ReferencePage reference = new ReferencePage();
        reference.page.append("""
                # The pipeline declaration

                <!-- Generated from the records in dev.millrace.pipeline.declaration. To change this page, change them or
                     reference-values.md beside their tests, then run ./mvnw -pl pipeline test -Dmillrace.docs=write -->

                A pipeline is one YAML file. [pipeline.schema.json](pipeline.schema.json) is its JSON Schema; an editor that
                speaks YAML uses it when the file begins as this one does:

                ```yaml
                """).append(example.strip()).append("\n```\n\n## Keys\n");
        reference.section("The file", PipelineDeclaration.class);
        return reference.page.append('\n').append(values.strip()).append('\n').toString();
    }

    private void section(String path, Class<?> type) {
        page.append("\n### ").append(path).append("\n\n");
        Doc doc = type.getAnnotation(Doc.class);
        if (doc != null) {
            page.append(doc.value()).append("\n\n");
        }
        if (type.getRecordComponents().length == 0) {
            page.append("It has no keys: `").append(lastKey(path)).append(": {}`.\n");
            return;
        }
        page.append("| key | type | required | | example |\n|---|---|---|---|---|\n");
        Map<String, Class<?>> below = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            row(component);
            nested(path.startsWith("The") ? "" : path + ".", component)
                    .ifPresent(nested -> below.put(nested.path(), nested.type()));
        }
        below.forEach(this::describe);
    }

    private void describe(String path, Class<?> type) {
        if (!type.isSealed()) {
            section(path, type);
            return;
        }
        page.append("\n### ").append(path).append("\n\nEach item has one key, which names its kind: ");
        Map<String, Class<?>> variants = Variants.of(type);
        page.append(variants.keySet().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")));
        page.append(".\n");
        variants.forEach((name, variant) -> section(path + "." + name, variant));
    }

    private void row(RecordComponent component) {
        Doc doc = component.getAnnotation(Doc.class);
        boolean inline = component.isAnnotationPresent(Inline.class);
        List<String> cells = List.of(
                inline
                        ? component.getType() == Map.class ? "*any name*" : "*its value*"
                        : "`" + component.getName() + "`",
                inline && component.getType() == Map.class ? "text" : typeName(component.getGenericType()),
                DeclarationSchema.isRequired(component) ? "yes" : "no",
                doc.value() + constants(component.getGenericType()) + pattern(doc),
                doc.example().isEmpty() ? "" : "`" + escaped(doc.example()) + "`");
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String constants(Type type) {
        if (!(argument(type) instanceof Class<?> raw) || !raw.isEnum()) {
            return "";
        }
        return Arrays.stream(raw.getEnumConstants())
                .map(constant -> "`" + DeclarationSchema.declaredName(constant) + "`: "
                        + DeclarationSchema.description(constant))
                .collect(Collectors.joining("<br>", "<br>", ""));
    }

    private static String pattern(Doc doc) {
        if (!doc.pattern().isEmpty()) {
            return " Matches `" + escaped(doc.pattern()) + "`.";
        }
        return doc.keys().isEmpty() ? "" : " A name matches `" + escaped(doc.keys()) + "`.";
    }

    private static String typeName(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type argument = argument(type);
            if (generic.getRawType() == Optional.class) {
                return typeName(argument);
            }
            return (generic.getRawType() == List.class ? "list of " : "mapping of names to ") + plural(argument);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            return "text";
        }
        if (raw == int.class || raw == double.class) {
            return raw == int.class ? "whole number" : "number";
        }
        return raw == boolean.class ? "true or false" : raw.isEnum() ? "one of" : "mapping";
    }

    private static String plural(Type type) {
        return type == String.class ? "texts" : "mappings";
    }

    private record Nested(String path, Class<?> type) {}

    private static Optional<Nested> nested(String prefix, RecordComponent component) {
        Type type = component.getGenericType();
        String path = prefix + component.getName();
        if (type instanceof ParameterizedType generic) {
            path += generic.getRawType() == List.class ? "[]" : generic.getRawType() == Map.class ? ".*" : "";
        }
        return argument(type) instanceof Class<?> raw && (raw.isRecord() || raw.isSealed())
                ? Optional.of(new Nested(path, raw))
                : Optional.empty();
    }

    /** What a list or an optional holds, the values of a map, or the type itself. */
    private static Type argument(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return arguments[arguments.length - 1];
        }
        return type;
    }

    private static String lastKey(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
