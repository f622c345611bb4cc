package dev.millrace.pipeline.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;

/**
 * One way a timestamp is written: {@code iso}, {@code epoch_seconds}, {@code epoch_millis}, or a
 * {@link DateTimeFormatter} pattern. A text without an offset is local to the field's zone.
 *
 * <p>Dates that do not exist (30 February) and local times that a change of clock skips are not read.
 * Immutable and thread-safe.
 */
public final class TimestampFormat {
    /** ISO 8601 with or without an offset, with {@code T} or a space between date and time. */
    public static final String ISO = "iso";

    /** Seconds since 1970-01-01T00:00:00Z, fractions allowed. */
    public static final String EPOCH_SECONDS = "epoch_seconds";

    /** Milliseconds since 1970-01-01T00:00:00Z. */
    public static final String EPOCH_MILLIS = "epoch_millis";

    private static final DateTimeFormatter ISO_FORMATTER = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .optionalEnd()
            .optionalStart()
            .appendLiteral(' ')
            .optionalEnd()
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffsetId()
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final int MAX_EPOCH_DIGITS = 20;

    private final String name;
    private final DateTimeFormatter formatter;

    private TimestampFormat(String name, DateTimeFormatter formatter) {
        this.name = name;
        this.formatter = formatter;
    }

    /**
     * The format of that name or pattern.
     *
     * @throws IllegalArgumentException if it is neither a name nor a valid pattern
     */
    public static TimestampFormat of(String nameOrPattern) {
        if (nameOrPattern.equals(EPOCH_SECONDS) || nameOrPattern.equals(EPOCH_MILLIS)) {
            return new TimestampFormat(nameOrPattern, null);
        }
        if (nameOrPattern.equals(ISO)) {
            return new TimestampFormat(ISO, ISO_FORMATTER);
        }
        // A strict resolver needs the year without an era: people write yyyy and mean uuuu.
        DateTimeFormatter pattern = new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(nameOrPattern.replace('y', 'u'))
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
        return new TimestampFormat(nameOrPattern, pattern);
    }

    /** The name or pattern as declared. */
    public String name() {
        return name;
    }

    /** The point in time that the text says, if it is written in this format and exists. */
    public Optional<Instant> parse(String text, ZoneId zone) {
        try {
            Instant instant = formatter == null ? parseEpoch(text) : parsePattern(text, zone);
            return inRange(instant) ? Optional.of(instant) : Optional.empty();
        } catch (DateTimeException | ArithmeticException | NumberFormatException notInThisFormat) {
            return Optional.empty();
        }
    }

    private static boolean inRange(Instant instant) {
        int year = instant.atOffset(ZoneOffset.UTC).getYear();
        return year >= 1 && year <= 9999;
    }

    private Instant parseEpoch(String text) {
        if (text.length() > MAX_EPOCH_DIGITS) {
            throw new DateTimeException("too long for an epoch time");
        }
        if (name.equals(EPOCH_MILLIS)) {
            return Instant.ofEpochMilli(Long.parseLong(text));
        }
        java.math.BigDecimal seconds = new java.math.BigDecimal(text);
        if (seconds.precision() - seconds.scale() > MAX_EPOCH_DIGITS) {
            throw new DateTimeException("out of range for an epoch time");
        }
        long nanos =
                seconds.remainder(java.math.BigDecimal.ONE).movePointRight(9).longValue();
        return Instant.ofEpochSecond(seconds.longValue(), nanos);
    }

    private Instant parsePattern(String text, ZoneId zone) {
        TemporalAccessor parsed = formatter.parse(text);
        if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(parsed);
        }
        LocalDate date = parsed.query(TemporalQueries.localDate());
        LocalTime time = parsed.query(TemporalQueries.localTime());
        if (date == null) {
            throw new DateTimeException("no date in the text");
        }
        LocalDateTime local = LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time);
        ZoneId offset = parsed.query(TemporalQueries.zone());
        if (offset instanceof ZoneOffset fixed) {
            return OffsetDateTime.of(local, fixed).toInstant();
        }
        ZoneId effective = offset == null ? zone : offset;
        if (effective.getRules().getValidOffsets(local).isEmpty()) {
            throw new DateTimeException("a change of clock skips this local time");
        }
        return local.atZone(effective).toInstant();
    }

    @Override
    public String toString() {
        return name;
    }
}
