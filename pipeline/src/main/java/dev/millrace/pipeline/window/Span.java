package dev.millrace.pipeline.window;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as a declaration writes them: {@code 30s}, {@code 15m}, {@code 12h}, {@code 7d}. A day has 24 hours. */
public final class Span {
    /** What a length of time looks like. */
    public static final String PATTERN = "[1-9][0-9]{0,5}(ms|s|m|h|d)";

    private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,5})(ms|s|m|h|d)");

    private Span() {}

    /**
     * The length that the text says.
     *
     * @throws IllegalArgumentException if it does not match {@link #PATTERN}
     */
    public static Duration of(String text) {
        Matcher matcher = SPAN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a length of time such as 30s, 15m, 12h or 7d, got '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** The length in the largest unit in which it is a whole number. */
    public static String text(Duration length) {
        long millis = length.toMillis();
        if (millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    static long micros(Duration length) {
        return length.toNanos() / 1000;
    }

    /** Microseconds of the epoch; what is finer is cut off. */
    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
