package dev.millrace.pipeline.window;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a declaration says of one feature, taken apart: {@code function(argument, parameter) where condition}.
 *
 * @param function which function
 * @param argument the CEL expression that it is taken of; empty for {@code count()}
 * @param argumentAt where in the text the argument begins
 * @param parameter the rank of a quantile, between 0 and 1, or how many values are recent
 * @param condition the CEL expression that says which events count
 * @param conditionAt where in the text the condition begins
 */
public record AggregateText(
        Function function,
        Optional<String> argument,
        int argumentAt,
        Optional<Double> parameter,
        Optional<String> condition,
        int conditionAt) {
    private static final Pattern HEAD = Pattern.compile("\\s*([a-z]+)\\s*\\(");
    private static final int MOST_RECENT = 1000;
    private static final Pattern WHERE = Pattern.compile("\\s*where\\s+(?=\\S)");
    private static final String FORM = "expected a function of a value, such as count(), mean(amount), quantile(amount,"
            + " 0.95) or sum(amount) where is_night; functions are " + Function.NAMES;

    /**
     * The text taken apart.
     *
     * @throws IllegalArgumentException if it has another form; the message says what was expected
     */
    public static AggregateText of(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt()) {
            throw new IllegalArgumentException(FORM);
        }
        Function function = Function.of(head.group(1)).orElseThrow(() -> new IllegalArgumentException(FORM));
        Brackets brackets = Brackets.from(text, head.end());
        int argumentEnd = function.hasParameter() ? brackets.lastComma() : brackets.end();
        if (argumentEnd < 0) {
            throw new IllegalArgumentException(
                    function == Function.RECENT
                            ? "recent needs to know how many, such as recent(item, 50)"
                            : "quantile needs its rank too, such as quantile(amount, 0.95)");
        }
        String argument = text.substring(head.end(), argumentEnd);
        if (argument.isBlank() == function.hasArgument()) {
            throw new IllegalArgumentException(
                    function.hasArgument()
                            ? function.name().toLowerCase(Locale.ROOT) + " needs a value to be taken of"
                            : "count takes no value; to count some events only, write count() where …");
        }
        Optional<Double> parameter = function.hasParameter()
                ? Optional.of(parameter(function, text.substring(argumentEnd + 1, brackets.end())))
                : Optional.empty();
        int rest = brackets.end() + 1;
        Matcher where = WHERE.matcher(text).region(rest, text.length());
        boolean conditional = where.lookingAt();
        if (!conditional && !text.substring(rest).isBlank()) {
            throw new IllegalArgumentException(FORM);
        }
        return new AggregateText(
                function,
                function.hasArgument() ? Optional.of(argument) : Optional.empty(),
                head.end(),
                parameter,
                conditional ? Optional.of(text.substring(where.end())) : Optional.empty(),
                conditional ? where.end() : text.length());
    }

    private static double parameter(Function function, String text) {
        return function == Function.RECENT ? number(text) : rank(text);
    }

    private static double number(String text) {
        String digits = text.strip();
        if (digits.matches("[1-9][0-9]{0,3}") && Integer.parseInt(digits) <= MOST_RECENT) {
            return Integer.parseInt(digits);
        }
        throw new IllegalArgumentException(
                "expected how many values to keep, from 1 to " + MOST_RECENT + ", got '" + digits + "'");
    }

    private static double rank(String text) {
        try {
            double rank = Double.parseDouble(text.strip());
            if (rank >= 0 && rank <= 1) {
                return rank;
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw new IllegalArgumentException("expected a quantile's rank between 0 and 1, got '" + text.strip() + "'");
    }

    /** Where the brackets that were opened end, and the last comma between them that is in no others. */
    private record Brackets(int end, int lastComma) {
        static Brackets from(String text, int start) {
            int depth = 1;
            int lastComma = -1;
            char quote = 0;
            for (int i = start; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quote != 0) {
                    if (c == '\\') {
                        i++;
                    } else if (c == quote) {
                        quote = 0;
                    }
                } else if (c == '\'' || c == '"') {
                    quote = c;
                } else if (c == '(' || c == '[' || c == '{') {
                    depth++;
                } else if (c == ')' || c == ']' || c == '}') {
                    depth--;
                    if (depth == 0) {
                        return new Brackets(i, lastComma);
                    }
                } else if (c == ',' && depth == 1) {
                    lastComma = i;
                }
            }
            throw new IllegalArgumentException("a bracket is opened and not closed");
        }
    }
}
