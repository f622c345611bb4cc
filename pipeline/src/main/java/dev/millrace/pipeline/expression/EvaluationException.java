package dev.millrace.pipeline.expression;

/** An expression has no value on one row: an overflow, a division by zero, a JSON member that is absent. */
public final class EvaluationException extends Exception {
    EvaluationException(String expression, String why) {
        super("'" + expression + "' has no value here: " + why);
    }
}
