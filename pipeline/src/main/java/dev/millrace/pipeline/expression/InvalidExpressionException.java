package dev.millrace.pipeline.expression;

import java.util.List;
import java.util.stream.Collectors;

/** An expression's text is not valid against its schema; it carries every mistake. */
public final class InvalidExpressionException extends Exception {
    private final transient List<ExpressionMistake> mistakes;

    InvalidExpressionException(List<ExpressionMistake> mistakes) {
        super(mistakes.stream().map(ExpressionMistake::message).collect(Collectors.joining("; ")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** All that is wrong. */
    public List<ExpressionMistake> mistakes() {
        return mistakes;
    }
}
