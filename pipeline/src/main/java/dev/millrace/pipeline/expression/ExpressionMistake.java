package dev.millrace.pipeline.expression;

import java.util.Optional;

/**
 * One thing wrong with an expression's text.
 *
 * @param column where in the expression, from 0
 * @param message what is wrong
 * @param suggestion what was perhaps meant
 */
public record ExpressionMistake(int column, String message, Optional<String> suggestion) {}
