package dev.millrace.load.schema;

import dev.millrace.pipeline.declaration.SinkDeclaration.Partition;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The span of event time that one partition of a fact table holds.
 *
 * @param first its first day, in UTC
 * @param end the first day behind it
 */
public record Span(LocalDate first, LocalDate end) {
    private static final int PAST_YEARS = 30;
    private static final int FUTURE_YEARS = 2;

    /** The span that holds that day. */
    public static Span of(Partition partition, LocalDate day) {
        return switch (partition) {
            case DAY -> new Span(day, day.plusDays(1));
            case MONTH -> new Span(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1));
        };
    }

    /**
     * Whether it gets a partition of its own. Times far off, which are mostly mistakes, share the default partition: or a
     * source with random times would make partitions without end.
     */
    public boolean plausible(Instant now) {
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        return first.isAfter(today.minusYears(PAST_YEARS)) && first.isBefore(today.plusYears(FUTURE_YEARS));
    }

    /** The name of its partition: {@code fact_p2026_03} or {@code fact_p2026_03_31}. */
    TableName partitionOf(TableName fact) {
        boolean day = first.plusDays(1).equals(end);
        String name = String.format(Locale.ROOT, "_p%04d_%02d", first.getYear(), first.getMonthValue());
        return fact.withSuffix(day ? name + String.format(Locale.ROOT, "_%02d", first.getDayOfMonth()) : name);
    }

    /** The bounds of its partition. */
    String bounds() {
        return String.format(Locale.ROOT, "FROM ('%s 00:00:00+00') TO ('%s 00:00:00+00')", first, end);
    }
}
