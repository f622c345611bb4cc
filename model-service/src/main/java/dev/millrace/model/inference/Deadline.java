package dev.millrace.model.inference;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When an answer is of no more use.
 *
 * @param nanoTime that moment by {@link System#nanoTime}
 */
public record Deadline(long nanoTime) {
    /** The header with which a client says how long a request may take. */
    public static final String HEADER = "X-Request-Timeout";

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s)?");

    /** So long from now; a day at most. */
    public static Deadline in(Duration time) {
        return after(time, System.nanoTime());
    }

    private static Deadline after(Duration time, long nanoTime) {
        return new Deadline(nanoTime + (time.compareTo(LONGEST) < 0 ? time : LONGEST).toNanos());
    }

    /**
     * As that header says, {@code 250ms} or {@code 2s}, a number alone being milliseconds; as by default, without one.
     *
     * @param arrivedNanos when the request came, by {@link System#nanoTime}
     * @throws IllegalArgumentException if it says something else
     */
    public static Deadline of(Optional<String> header, Duration byDefault, long arrivedNanos) {
        if (header.isEmpty()) {
            return after(byDefault, arrivedNanos);
        }
        Matcher time = TIME.matcher(header.get().trim());
        if (!time.matches()) {
            throw new IllegalArgumentException(HEADER + " is a time such as 250ms or 2s, of at most nine digits");
        }
        long number = Long.parseLong(time.group(1));
        return after("s".equals(time.group(2)) ? Duration.ofSeconds(number) : Duration.ofMillis(number), arrivedNanos);
    }

    /** This one, or so many microseconds from now if that is sooner; this one, if nobody said how many. */
    public Deadline orSooner(OptionalLong micros) {
        if (micros.isEmpty()) {
            return this;
        }
        Deadline said = in(Duration.of(micros.getAsLong(), ChronoUnit.MICROS));
        return said.nanosLeft() < nanosLeft() ? said : this;
    }

    /** How much time is left; nothing, or less, if it has passed. */
    public long nanosLeft() {
        return nanoTime - System.nanoTime();
    }

    /** Whether it has passed. */
    public boolean passed() {
        return nanosLeft() <= 0;
    }
}
