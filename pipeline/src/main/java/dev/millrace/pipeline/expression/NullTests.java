package dev.millrace.pipeline.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which fields an expression compares with {@code null}: it knows that they may be missing and sees null there. */
final class NullTests {
    private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_");

    private NullTests() {}

    static Set<String> in(CelExpr expression) {
        Set<String> fields = new HashSet<>();
        collect(expression, fields);
        return Set.copyOf(fields);
    }

    private static void collect(CelExpr expression, Set<String> fields) {
        if (expression.getKind() == ExprKind.Kind.CALL) {
            List<CelExpr> arguments = expression.call().args();
            boolean comparesWithNull = COMPARISONS.contains(expression.call().function())
                    && arguments.stream().anyMatch(NullTests::isNull);
            if (comparesWithNull) {
                arguments.stream()
                        .filter(argument -> argument.getKind() == ExprKind.Kind.IDENT)
                        .forEach(argument -> fields.add(argument.ident().name()));
            }
        }
        children(expression).forEach(child -> collect(child, fields));
    }

    private static boolean isNull(CelExpr expression) {
        return expression.getKind() == ExprKind.Kind.CONSTANT
                && expression.constant().getKind() == CelConstant.Kind.NULL_VALUE;
    }

    private static List<CelExpr> children(CelExpr expression) {
        List<CelExpr> children = new ArrayList<>();
        switch (expression.getKind()) {
            case CALL -> {
                expression.call().target().ifPresent(children::add);
                children.addAll(expression.call().args());
            }
            case SELECT -> children.add(expression.select().operand());
            case LIST -> children.addAll(expression.list().elements());
            case MAP -> {
                List<CelExpr.CelMap.Entry> entries = expression.map().entries();
                entries.forEach(entry -> children.addAll(List.of(entry.key(), entry.value())));
            }
            case COMPREHENSION -> {
                CelExpr.CelComprehension loop = expression.comprehension();
                children.addAll(List.of(
                        loop.iterRange(), loop.accuInit(), loop.loopCondition(), loop.loopStep(), loop.result()));
            }
            default -> {
                // A constant or a name has nothing below it.
            }
        }
        return children;
    }
}
