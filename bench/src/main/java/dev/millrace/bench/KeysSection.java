package dev.millrace.bench;

import dev.millrace.bench.streaming.Keys.Grown;
import dev.millrace.bench.streaming.Keys.Look;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/** What {@code ./millrace bench --keys} saw, for {@code docs/performance.md}. */
record KeysSection(Grown grown, String note) {
    private static final PageSection SECTION = new PageSection("memory and keys", "./millrace bench --keys");

    void write(Path page) throws IOException {
        SECTION.write(page, text());
    }

    private String text() {
        StringBuilder section = new StringBuilder("## Memory and keys\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s. Each event is of a customer and of a terminal that never came before, and both"
                        + " have windows of%n1, 7 and 30 days. Transform-service runs with `-Xmx512m`; its memory is the resident"
                        + " memory of the process, RocksDB's included.%s%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                note.isEmpty() ? "" : " " + note));
        section.append(
                "| customers, and as many terminals | resident MiB | events/s since the line before |\n|---:|---:|---:|\n");
        for (Look look : grown.looks()) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %,d | %,d | %,.0f |%n",
                    look.keys(),
                    look.residentMebibytes(),
                    look.eventsPerSecond()));
        }
        return section.toString();
    }
}
