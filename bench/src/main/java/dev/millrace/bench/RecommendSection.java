package dev.millrace.bench;

import dev.millrace.bench.serving.Recommending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
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
        StringBuilder section = new StringBuilder("## Recommendations\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s, the load from the same cores, %d rounds of %d s each, after %s.%n"
                        + "A line is of the round with the median of p99. Lists of 10 with reasons and a condition, of a user with 50 interactions in live features,"
                        + " over 10,000 items with 300%nweights each (a file of %d MiB).%s%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                result.rounds(),
                result.seconds(),
                result.warmed().text(),
                result.fileMebibytes(),
                note.isEmpty() ? "" : " " + note));
        section.append(
                "| connections | requests/s | median | p99 | of a single call | processor time a request |\n|---|---:|---:|---:|---:|---:|\n");
        for (Recommending.Line line : List.of(result.one(), result.some(), result.many(), result.paced())) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.2f ms | %.2f ms | %.1f × | %.0f µs |%n",
                    line.load(),
                    line.requestsPerSecond(),
                    line.medianMillis(),
                    line.p99Millis(),
                    line.p99Millis() / result.one().medianMillis(),
                    line.cpuMicros()));
        }
        section.append(String.format(
                Locale.ROOT,
                "%nA single call is the median of one connection, and what is compared with it is the p99. Under `wrk`, each"
                        + " connection's next request follows its%nanswer: with several the processors have no rest, and most of"
                        + " the time is spent waiting for them. At the constant rate an answer's time runs%nfrom when its"
                        + " request was due, sent or not.%n"));
        section.append(String.format(
                Locale.ROOT,
                "%nThe graph, in whose place the service adds the weights up itself, takes %.0f µs of processor time in a bare"
                        + " loop;%nthe bare product of the history's 50 weights and 50 full rows of 10,000, without"
                        + " finding the rows or the best, %.0f µs: a request%ncosts %.1f times that. The service's memory was %,d"
                        + " MiB at the end, with `-Xmx384m`.%n",
                result.graphMicros(),
                result.productMicros(),
                result.many().cpuMicros() / result.productMicros(),
                result.residentMebibytes()));
        return section.toString();
    }
}
