package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/** Writes {@code docs/performance.md}: nothing on that page is written by hand. */
record PerformancePage(long events, long warmUp, int recordSize, List<Measured> lines) {
    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String others = PageSection.allOf(file);
        Files.writeString(file, text() + (others.isEmpty() ? "" : "\n" + others));
    }

    private String text() {
        StringBuilder page = new StringBuilder();
        page.append("# Performance\n\n");
        page.append("Written by `./millrace bench`; do not edit. ")
                .append(String.format(
                        Locale.ROOT,
                        "Last run: %s, %d cores (%s), %s %s, Java %s, %,d card transactions of %d bytes (key, value and"
                                + " headers)%nafter %,d others as a warm-up.%n%n",
                        LocalDate.now(),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.version().feature(),
                        events,
                        recordSize,
                        warmUp));
        page.append("Everything runs on the one machine: broker, database, the service, and what feeds and watches it."
                + " Each stage is measured\nalone, on a topic that the stage before has filled; end to end with all of them"
                + " at work. A figure of another machine is\nanother figure; the ratios travel better.\n\n");
        page.append(
                "| what | events/s | reference | ratio | events a second of processor time |\n|---|---:|---|---:|---:|\n");
        for (Measured line : lines) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %s | %s | %s |%n",
                    line.what(),
                    line.rate().perSecond(),
                    line.reference() == null ? "" : line.reference(),
                    line.reference() == null
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.0f %%",
                                    100
                                            * line.rate().perSecond()
                                            / line.referenceRate().perSecond()),
                    line.rate().perProcessorSecond().isPresent()
                            ? String.format(
                                    Locale.ROOT,
                                    "%,.0f",
                                    line.rate().perProcessorSecond().getAsDouble())
                            : ""));
        }
        page.append("""

                ## What is compared with what

                - **Producer and consumer**: Kafka's own `kafka-producer-perf-test` (`acks=all`, `linger.ms=5`,
                  `batch.size=131072`) and `kafka-consumer-perf-test`, on a topic with as many partitions, records of the same
                  size, against the same broker in the same run. They are the limit: they read no JSON, check nothing, commit no
                  transactions.
                - **COPY**: one `COPY` of the very rows that load has loaded, from memory, into a table with the same columns,
                  indexes and partitions, in its default format, text, and in binary, which load uses. It finds no surrogate
                  keys, sees to no duplicates, and keeps no offsets.
                - **Processor time** is that of the service's process, compilers and collector included: what a core of its own
                  would do.
                - **End to end**: half of the events as gzipped CSV files, half over HTTP in requests of 1,000 lines, from the
                  first event sent until the last one is a scored row in the warehouse, with the audit at work, which reads
                  every topic once more. The stages are measured without it.
                """);
        return page.toString();
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("of unknown make");
        } catch (IOException notLinux) {
            return "of unknown make";
        }
    }
}
