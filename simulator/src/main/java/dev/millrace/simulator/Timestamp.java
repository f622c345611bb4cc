package dev.millrace.simulator;

import java.time.LocalDateTime;

/** Writes {@code yyyy-MM-dd HH:mm:ss}, several times as fast as a formatter: a simulator should outrun what it feeds. */
public final class Timestamp {
    private Timestamp() {}

    /** Appends it. */
    public static void append(StringBuilder text, LocalDateTime at) {
        twoDigits(text, at.getYear() / 100);
        twoDigits(text, at.getYear() % 100);
        twoDigits(text.append('-'), at.getMonthValue());
        twoDigits(text.append('-'), at.getDayOfMonth());
        twoDigits(text.append(' '), at.getHour());
        twoDigits(text.append(':'), at.getMinute());
        twoDigits(text.append(':'), at.getSecond());
    }

    private static void twoDigits(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
