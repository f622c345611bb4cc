package dev.millrace.bench;

import dev.millrace.bench.streaming.Streaming.Compared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * The section of {@code docs/performance.md} that {@code ./millrace bench --streaming} writes, between marks of its own; the
 * rest of the page is another run's, and each leaves the other's alone.
 */
record StreamingSection(
        int events, int warmUp, double eventsPerSecond, double nanosPerExpression, List<Compared> compared) {
    private static final String BEGIN = "<!-- rolling features: written by ./millrace bench --streaming -->";
    private static final String END = "<!-- end of rolling features -->";

    /** What that page has of it, to be kept by who writes the rest; nothing if it has none. */
    static String of(Path page) throws IOException {
        String text = Files.exists(page) ? Files.readString(page) : "";
        int begin = text.indexOf(BEGIN);
        return begin < 0 ? "" : text.substring(begin, text.indexOf(END) + END.length()) + "\n";
    }

    void write(Path page) throws IOException {
        String text = Files.readString(page);
        String before = of(page);
        String now = text();
        Files.writeString(page, before.isEmpty() ? text.stripTrailing() + "\n\n" + now : text.replace(before, now));
    }

    private String text() {
        StringBuilder section = new StringBuilder(BEGIN).append("\n\n## Rolling features\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s, %,d card transactions after %,d as a warm-up. Three sliding windows (1, 7 and"
                        + " 30 days; count and mean)%nat each of two keys, customer and terminal.%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                events,
                warmUp));
        section.append("| partitions | program | events/s | events a second of processor time | of that by hand |\n");
        section.append("|---:|---|---:|---:|---:|\n");
        for (Compared both : compared) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %d | by hand | %,.0f | %,.0f | |%n",
                    both.partitions(),
                    both.handWritten().perSecond(),
                    both.handWritten().perCpuSecond()));
            section.append(String.format(
                    Locale.ROOT,
                    "| %d | transform-service | %,.0f | %,.0f | %.0f %% |%n",
                    both.partitions(),
                    both.millrace().perSecond(),
                    both.millrace().perCpuSecond(),
                    100 * both.millrace().perCpuSecond() / both.handWritten().perCpuSecond()));
        }
        section.append(String.format(
                Locale.ROOT,
                "%nBoth are processes with the same JVM options, work off the same filled topic with `exactly_once_v2`, RocksDB and"
                        + " changelogs, and have%nthe machine to themselves but for the broker. The program by hand"
                        + " (`bench`, `HandWritten`) does exactly that and nothing else: no checks, no%nrejections, no late"
                        + " events, no features topic, no order between partitions, no metrics.%n%n"
                        + "Without Kafka, on one thread: %,.0f events/s from JSON through two checks and two derived fields to"
                        + " JSON; one derived field's CEL%nexpression takes %.0f ns.%n%n",
                eventsPerSecond,
                nanosPerExpression));
        return section.append(END).append('\n').toString();
    }
}
