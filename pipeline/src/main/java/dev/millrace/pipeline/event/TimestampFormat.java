package dev.millrace.pipeline.event;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
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
    /** ISO 8601 date and time with or without an offset, with {@code T} or a space between them. */
    public static final String ISO = "iso";

    /** Seconds since 1970-01-01T00:00:00Z; a fraction counts to the nanosecond. */
    public static final String EPOCH_SECONDS = "epoch_seconds";

    /** Milliseconds since 1970-01-01T00:00:00Z; a fraction counts to the nanosecond. */
    public static final String EPOCH_MILLIS = "epoch_millis";

    private static final DateTimeFormatter ISO_FORMATTER = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    /** Where a space may stand in place of ISO's T (RFC 3339, section 5.6). */
    private static final int ISO_SEPARATOR = "yyyy-MM-dd".length();

    /** Its hour, minute and second are all different, and the hour is one of the afternoon. */
    private static final ZonedDateTime EXAMPLE = ZonedDateTime.of(2018, 7, 31, 22, 15, 49, 0, ZoneOffset.UTC);

    private static final int MAX_EPOCH_LENGTH = 40;
    private static final int MILLIS_SCALE = 3;
    private static final int NANOS_SCALE = 9;

    private final String name;
    private final DateTimeFormatter formatter;
    private final Optional<DigitPattern> digits;

    private TimestampFormat(String name, DateTimeFormatter formatter, Optional<DigitPattern> digits) {
        this.name = name;
        this.formatter = formatter;
        this.digits = digits;
    }

    /**
     * The format of that name or pattern.
     *
     * @throws IllegalArgumentException if it is neither a name nor a valid pattern
     */
    public static TimestampFormat of(String nameOrPattern) {
        if (nameOrPattern.equals(EPOCH_SECONDS) || nameOrPattern.equals(EPOCH_MILLIS)) {
            return new TimestampFormat(nameOrPattern, null, Optional.empty());
        }
        if (nameOrPattern.equals(ISO)) {
            return new TimestampFormat(ISO, ISO_FORMATTER, Optional.empty());
        }
        String proleptic = withProlepticYear(nameOrPattern);
        DateTimeFormatter pattern = new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(proleptic)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
        TimestampFormat format = new TimestampFormat(nameOrPattern, pattern, DigitPattern.of(proleptic));
        format.requireWholeDate();
        return format;
    }

    /** A strict resolver needs the year without an era: people write yyyy and mean uuuu. Quoted text stays. */
    private static String withProlepticYear(String pattern) {
        StringBuilder proleptic = new StringBuilder(pattern);
        boolean quoted = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            quoted ^= c == '\'';
            if (c == 'y' && !quoted) {
                proleptic.setCharAt(i, 'u');
            }
        }
        return proleptic.toString();
    }

    /**
     * Refuses a pattern that can not read back what it writes: YYYY is the year of a week, mm a minute, and hh without
     * an a would silently read every time of day as midnight.
     */
    private void requireWholeDate() {
        String written = EXAMPLE.format(formatter);
        String readBack = parse(written, ZoneOffset.UTC)
                .map(instant -> instant.atZone(ZoneOffset.UTC).format(formatter))
                .orElse("nothing");
        if (!readBack.equals(written)) {
            throw new IllegalArgumentException("the pattern says no whole date and time of day; it would write "
                    + EXAMPLE.toInstant() + " as '" + written + "' and read back " + readBack
                    + ". Letters' case matters: yyyy-MM-dd HH:mm:ss");
        }
    }

    /** The name or pattern as declared. */
    public String name() {
        return name;
    }

    /** The point in time that the text says, if it is written in this format and exists. */
    public Optional<Instant> parse(String text, ZoneId zone) {
        Instant ours = formatter == ISO_FORMATTER ? IsoUtc.parse(text) : null;
        if (ours != null) {
            return Optional.of(ours);
        }
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
        if (text.length() > MAX_EPOCH_LENGTH || !text.chars().allMatch(c -> c < 128)) {
            throw new DateTimeException("no epoch time");
        }
        BigDecimal number = new BigDecimal(text);
        // Widened first: 1e2147483647 has a scale whose arithmetic would overflow an int, or fill the memory.
        if (Math.abs((long) number.scale()) > MAX_EPOCH_LENGTH || number.precision() > MAX_EPOCH_LENGTH) {
            throw new DateTimeException("out of range for an epoch time");
        }
        BigDecimal seconds = name.equals(EPOCH_MILLIS) ? number.movePointLeft(MILLIS_SCALE) : number;
        BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
        long nanos = seconds.subtract(whole).movePointRight(NANOS_SCALE).longValue();
        return Instant.ofEpochSecond(whole.longValueExact(), nanos);
    }

    private Instant parsePattern(String text, ZoneId zone) {
        LocalDateTime plain = digits.isPresent() ? digits.get().parse(text) : null;
        if (plain != null) {
            return instant(plain, zone);
        }
        TemporalAccessor parsed = formatter.parse(name.equals(ISO) ? withT(text) : text);
        LocalDate date = parsed.query(TemporalQueries.localDate());
        LocalTime time = parsed.query(TemporalQueries.localTime());
        if (date == null) {
            throw new DateTimeException("no date in the text");
        }
        LocalDateTime local = LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time);
        ZoneOffset offset = parsed.query(TemporalQueries.offset());
        if (offset != null) {
            return local.toInstant(offset);
        }
        // The instant that the formatter itself resolves would be moved over a gap without a word.
        ZoneId named = parsed.query(TemporalQueries.zoneId());
        return instant(local, named == null ? zone : named);
    }

    private static Instant instant(LocalDateTime local, ZoneId zone) {
        if (zone.getRules().getValidOffsets(local).isEmpty()) {
            throw new DateTimeException("a change of clock skips this local time");
        }
        return local.atZone(zone).toInstant();
    }

    private static String withT(String text) {
        boolean spaced = text.length() > ISO_SEPARATOR && text.charAt(ISO_SEPARATOR) == ' ';
        return spaced ? text.substring(0, ISO_SEPARATOR) + 'T' + text.substring(ISO_SEPARATOR + 1) : text;
    }

    @Override
    public String toString() {
        return name;
    }
}
