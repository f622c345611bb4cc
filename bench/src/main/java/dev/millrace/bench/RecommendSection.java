package dev.millrace.bench;

import dev.millrace.bench.serving.Recommending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/**
 * The section of {@code docs/performance.md} that {@code ./millrace bench --recommend} writes.
 *
 * @param note what has to be known of the machine, if anything
 */
record RecommendSection(Recommending.Result result, String note) {
    private static final PageSection SECTION = new PageSection("recommendations", "./millrace bench --recommend");

    void write(Path page) throws IOException {
        SECTION.write(page, text());
    }

    private String text() {
        Recommending.Line one = result.lines().get(0);
        Recommending.Line many = result.lines().get(1);
        StringBuilder section = new StringBuilder("## Recommendations\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s, `wrk` on the same cores, %d rounds of %d s each after one as a warm-up; the"
                        + " median.%nLists of 10 with reasons and a condition, of a user with 50 interactions in live features,"
                        + " over 10,000 items with 300%nweights each (a file of %d MiB).%s%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                result.rounds(),
                result.seconds(),
                result.fileMebibytes(),
                note.isEmpty() ? "" : " " + note));
        section.append(
                "| connections | requests/s | median | p99 | processor time a request |\n|---:|---:|---:|---:|---:|\n");
        for (Recommending.Line line : result.lines()) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %d | %,.0f | %.2f ms | %.2f ms | %.0f µs |%n",
                    line.connections(),
                    line.requestsPerSecond(),
                    line.medianMillis(),
                    line.p99Millis(),
                    line.cpuMicros()));
        }
        section.append(String.format(
                Locale.ROOT,
                "%nThe p99 under load is %.1f times the median of a single call. The graph, in whose place the service adds the"
                        + " weights up itself, takes %.0f µs of processor time in a bare loop;%nthe bare product of the history's 50 weights and 50 full rows of 10,000, without"
                        + " finding the rows or the best, %.0f µs: a request%ncosts %.1f times that. The service's memory was %,d"
                        + " MiB at the end, with `-Xmx384m`.%n",
                many.p99Millis() / one.medianMillis(),
                result.graphMicros(),
                result.productMicros(),
                many.cpuMicros() / result.productMicros(),
                result.residentMebibytes()));
        return section.toString();
    }
}
