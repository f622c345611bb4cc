package dev.millrace.local.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * A line that grows while work goes on. On a terminal it is drawn over itself; elsewhere a line is written every few
 * seconds, so that a log shows progress and is not flooded. Not thread-safe.
 */
public final class ProgressBar {
    private static final int WIDTH = 30;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private final String what;
    private final long total;
    private final long start = System.nanoTime();
    private long lastLine = start;
    private int drawn;

    /** A bar for that much of something. */
    public ProgressBar(PrintStream out, boolean terminal, String what, long total) {
        this.out = out;
        this.terminal = terminal;
        this.what = what;
        this.total = total;
    }

    /** Shows how much is done. */
    public void at(long done) {
        long now = System.nanoTime();
        if (terminal) {
            draw(line(done, now));
        } else if (now - lastLine >= BETWEEN_LINES.toNanos()) {
            lastLine = now;
            out.println(line(done, now));
        }
    }

    /** Shows how much is done, for the last time. */
    public void end(long done) {
        String line = line(done, System.nanoTime());
        if (terminal) {
            draw(line);
            out.println();
        } else {
            out.println(line);
        }
    }

    private void draw(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        out.flush();
        drawn = line.length();
    }

    private String line(long done, long now) {
        double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        int filled = (int) (share * WIDTH);
        double seconds = (now - start) / 1e9;
        return String.format(
                Locale.ROOT,
                "  %-9s [%s%s] %,9d of %,d  %3.0f %%  %5.1f s",
                what,
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                done,
                total,
                share * 100,
                seconds);
    }
}
