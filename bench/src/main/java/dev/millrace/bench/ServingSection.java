package dev.millrace.bench;

import dev.millrace.bench.serving.Serving;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/**
 * The section of {@code docs/performance.md} that {@code ./millrace bench --predict} writes, between marks of its own; the rest
 * of the page is another run's, and each leaves the other's alone.
 *
 * @param note what has to be known of the machine, if anything
 */
record ServingSection(Serving.Result result, String note) {
    private static final PageSection SECTION = new PageSection("predictions over HTTP", "./millrace bench --predict");

    void write(Path page) throws IOException {
        SECTION.write(page, text());
    }

    private String text() {
        StringBuilder section = new StringBuilder("## Predictions over HTTP\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s, `wrk` with %d connections, %d rounds of %d s each, in turns, after %s.%n"
                        + "A line is of the round with the median of requests/s. One row a request; a model of 100 full trees of"
                        + " depth 6 and five features.%s%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                result.connections(),
                result.rounds(),
                result.seconds(),
                result.warmed().text(),
                note.isEmpty() ? "" : " " + note));
        section.append(
                "| what | requests/s | of the bare endpoint | p99 | of the bare endpoint | processor time a request |\n");
        section.append("|---|---:|---:|---:|---:|---:|\n");
        Serving.Line bare = result.lines().get(0);
        for (Serving.Line line : result.lines()) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %s | %.1f ms | %s | %.0f µs |%n",
                    line.what(),
                    line.requestsPerSecond(),
                    line == bare ? "" : percent(line.requestsPerSecond() / bare.requestsPerSecond()),
                    line.p99Millis(),
                    line == bare ? "" : String.format(Locale.ROOT, "%.1f ×", line.p99Millis() / bare.p99Millis()),
                    line.cpuMicros()));
        }
        Serving.Line predict = result.lines().get(1);
        section.append(String.format(
                Locale.ROOT,
                "%nONNX Runtime in a bare loop takes %.1f µs of processor time a row. So a request without reasons costs %.0f µs"
                        + " more than%nits inference, of which the bare endpoint spends %.0f on HTTP and JSON. The file"
                        + " has no tables for%nTreeSHAP in it, so its reasons come of the same model with one feature replaced at a"
                        + " time.%n%nThe bare endpoint"
                        + " (`bench-bare`) is a Quarkus endpoint of one method that reads a record and answers with one, of%nthe same"
                        + " size as what `/predict` reads and answers, and computes nothing.%n%n",
                result.loopMicros(),
                predict.cpuMicros() - result.loopMicros(),
                bare.cpuMicros()));
        return section.toString();
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * ratio);
    }
}
