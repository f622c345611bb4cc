package dev.millrace.model.recommend;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.ExpressionMistake;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which items a request's condition allows. A condition is asked of every item once and its answers are kept, as pages ask
 * the same few again and again. Thread-safe.
 */
final class Conditions {
    private static final int LONGEST = 500;
    /** Within each other, they would let a short text take for ever. */
    private static final Pattern LOOPS = Pattern.compile("\\.\\s*(all|exists|exists_one|map|filter)\\s*\\(");

    private static final int MOST_KEPT = 256;
    private static final int MOST_BYTES = 32 << 20;

    private final Items items;
    private final Mask all;
    private final Map<String, Mask> kept;

    Conditions(Items items) {
        this.items = items;
        this.all = Mask.of(items.size(), item -> true);
        int most = Math.max(4, Math.min(MOST_KEPT, MOST_BYTES / items.size()));
        this.kept = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Mask> eldest) {
                return size() > most;
            }
        });
    }

    /**
     * The items that a condition allows.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    Mask of(Optional<String> condition) {
        if (condition.isEmpty()) {
            return all;
        }
        Mask known = kept.get(condition.get());
        if (known == null) {
            known = ask(condition.get());
            kept.put(condition.get(), known);
        }
        return known;
    }

    private Mask ask(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("a condition of at most " + LONGEST + " characters");
        }
        if (LOOPS.matcher(text).find()) {
            throw new IllegalArgumentException("a condition without all, exists, exists_one, map and filter");
        }
        Expression expression = compiled(text);
        if (expression.type() != FieldType.BOOLEAN) {
            throw new IllegalArgumentException("a condition that is true or false, and this is a "
                    + expression.type().declaredName());
        }
        return Mask.of(items.size(), item -> {
            try {
                return Boolean.TRUE.equals(expression.evaluate(items.row(item)));
            } catch (EvaluationException unknown) {
                return false;
            }
        });
    }

    private Expression compiled(String text) {
        try {
            return Expression.compile(text, items.schema());
        } catch (InvalidExpressionException e) {
            ExpressionMistake first = e.mistakes().get(0);
            throw new IllegalArgumentException(
                    "a condition in CEL on " + String.join(", ", items.schema().names()) + "; at column "
                            + first.column() + ": " + first.message()
                            + first.suggestion()
                                    .map(suggestion -> " (" + suggestion + ")")
                                    .orElse(""),
                    e);
        }
    }
}
