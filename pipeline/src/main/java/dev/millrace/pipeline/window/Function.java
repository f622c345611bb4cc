package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be asked of the events in a window. */
public enum Function {
    /** How many events. */
    COUNT,
    /** The sum of a number. */
    SUM,
    /** The mean of a number. */
    MEAN,
    /** The smallest value. */
    MIN,
    /** The largest value. */
    MAX,
    /** The sample standard deviation of a number; nothing below two events. */
    STDDEV,
    /** The value of the earliest event. */
    FIRST,
    /** The value of the latest event. */
    LAST,
    /** About how many different values (HyperLogLog; exact while there are few). */
    DISTINCT,
    /** About the value at a rank between 0 and 1 (KLL sketch; exact while there are few). */
    QUANTILE,
    /** The different values of the latest events, the latest first: at most as many as its parameter says. */
    RECENT;

    static final String NAMES = Arrays.stream(values())
            .map(function -> function.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));

    /** The function of that name in lower case. */
    public static Optional<Function> of(String name) {
        return Arrays.stream(values())
                .filter(function -> function.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    boolean hasArgument() {
        return this != COUNT;
    }

    boolean hasParameter() {
        return this == QUANTILE || this == RECENT;
    }

    /** Whether it is computed from sums, so that a label that arrives later can change its share of them. */
    public boolean isLinear() {
        return this == COUNT || this == SUM || this == MEAN;
    }

    /** What it can be asked of, for messages. */
    public String taken() {
        return this == RECENT ? "a text or a whole number" : "a number";
    }

    /** Whether it can be asked of values of that type. */
    public boolean takes(FieldType type) {
        if (this == RECENT) {
            return type == FieldType.STRING || type == FieldType.INTEGER;
        }
        boolean ofNumbers = this == SUM || this == MEAN || this == STDDEV || this == QUANTILE;
        return !ofNumbers || type == FieldType.INTEGER || type == FieldType.DOUBLE;
    }
}
