package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.ExpressionMistake;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with a declaration, as far as it was looked at. Confined to one thread. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    /** Everything that was reported, in that order; what is added to it is reported. */
    List<Finding> all() {
        return all;
    }

    void report(String path, String message) {
        all.add(Finding.at(path, message));
    }

    void report(String path, Optional<String> suggestion, String message) {
        all.add(new Finding(path, 0, message, suggestion));
    }

    /** The expression at that path; every mistake in it is reported. */
    Optional<Expression> compile(String path, String text, Schema schema) {
        try {
            return Optional.of(Expression.compile(text, schema));
        } catch (InvalidExpressionException e) {
            for (ExpressionMistake mistake : e.mistakes()) {
                all.add(new Finding(path, mistake.column(), mistake.message(), mistake.suggestion()));
            }
            return Optional.empty();
        }
    }
}
