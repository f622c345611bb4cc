package dev.millrace.training.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Tells people how far it is, a line a step, with the seconds since the beginning. */
final class Progress {
    private final PrintWriter out;
    private final Instant begin = Instant.now();

    Progress(PrintWriter out) {
        this.out = out;
    }

    void say(String format, Object... arguments) {
        out.printf(
                Locale.ROOT,
                "  %6.1f s  %s%n",
                Duration.between(begin, Instant.now()).toMillis() / 1000.0,
                String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
