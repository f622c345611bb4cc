package dev.millrace.pipeline.expression;

import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * In which order fields that are derived from each other can be computed. The order in which they are written does not
 * count: a Kubernetes API server keeps the keys of a mapping, but sorted.
 *
 * @param names every field, each behind those that it reads; otherwise as they are written
 * @param circular those of them that are read by a field that they themselves read
 */
public record FieldOrder(List<String> names, Set<String> circular) {
    private static final CelParser PARSER = CelParserFactory.standardCelParserBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .build();

    /** The order of fields by name and expression. One that does not parse reads nothing. */
    public static FieldOrder of(Map<String, String> expressions) {
        Map<String, Set<String>> waiting = new LinkedHashMap<>();
        expressions.forEach((name, text) -> waiting.put(name, read(text, expressions.keySet())));
        List<String> names = new ArrayList<>();
        Set<String> circular = new LinkedHashSet<>();
        while (!waiting.isEmpty()) {
            String next = waiting.keySet().stream()
                    .filter(name -> names.containsAll(waiting.get(name)))
                    .findFirst()
                    .orElseGet(() -> onCircle(waiting));
            if (!names.containsAll(waiting.remove(next))) {
                circular.add(next);
            }
            names.add(next);
        }
        return new FieldOrder(List.copyOf(names), circular);
    }

    /** Where each of these fields waits for another of them, one that is reached from itself. */
    private static String onCircle(Map<String, Set<String>> waiting) {
        Set<String> seen = new LinkedHashSet<>();
        String name = waiting.keySet().iterator().next();
        while (seen.add(name)) {
            name = waiting.get(name).stream()
                    .filter(waiting::containsKey)
                    .findFirst()
                    .orElseThrow();
        }
        return name;
    }

    private static Set<String> read(String text, Set<String> among) {
        try {
            CelExpr expression = PARSER.parse(text).getAst().getExpr();
            return CelNavigableExpr.fromExpr(expression)
                    .allNodes()
                    .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
                    .map(node -> node.expr().ident().name())
                    .filter(among::contains)
                    .collect(Collectors.toSet());
        } catch (CelValidationException e) {
            return Set.of();
        }
    }
}
