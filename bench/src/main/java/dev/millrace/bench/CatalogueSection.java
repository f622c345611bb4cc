package dev.millrace.bench;

import dev.millrace.bench.serving.LargeCatalogue;
import dev.millrace.bench.serving.Recommending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The section of {@code docs/performance.md} that {@code ./millrace bench --catalogue} writes.
 *
 * @param note what has to be known of the machine, if anything
 */
record CatalogueSection(LargeCatalogue.Result result, String note) {
    private static final PageSection SECTION = new PageSection("a large catalogue", "./millrace bench --catalogue");

    void write(Path page) throws IOException {
        SECTION.write(page, text());
    }

    private String text() {
        StringBuilder section = new StringBuilder("## A large catalogue\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s. 100,000 items and 1,000,000 users, simulated, who made %,d choices.%s%n%nALS of"
                        + " dimension 32, 3 rounds: **%.0f s**, and %,d MiB of resident memory at the most, with a heap of %,d"
                        + " MiB. The file is %d MiB.%n%nThe service has all users' latest choices as live features, in one window, and the items'"
                        + " counts in another: ready %.0f s after its start, with both read, and what is popular now known %.1f s"
                        + " later. They take %,d MiB on the disk.%n%nLists of 10 with reasons; `wrk` on the same cores:%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                result.choices(),
                note.isEmpty() ? "" : " " + note,
                result.learnedSeconds(),
                result.learnedMebibytes(),
                result.heapMebibytes(),
                result.fileMebibytes(),
                result.startSeconds(),
                result.popularSeconds(),
                result.featuresMebibytes()));
        section.append(
                "| connections | by | requests/s | median | p99 | processor time a request |\n|---:|---|---:|---:|---:|---:|\n");
        Map<Recommending.Line, String> by = new LinkedHashMap<>();
        by.put(result.one(), "a history of 50 items that is sent");
        by.put(result.many(), "the same");
        by.put(result.users(), "live features, each time another user");
        by.forEach((line, of) -> {
            section.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %.2f ms | %.2f ms | %.0f µs |%n",
                    line.load(),
                    of,
                    line.requestsPerSecond(),
                    line.medianMillis(),
                    line.p99Millis(),
                    line.cpuMicros()));
        });
        return section.append(String.format(
                        Locale.ROOT,
                        "%nThe service's memory was %,d MiB at the end, with `-Xmx384m`.%n",
                        result.residentMebibytes()))
                .toString();
    }
}
