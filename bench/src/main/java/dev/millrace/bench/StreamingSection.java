package dev.millrace.bench;

import dev.millrace.bench.streaming.Brokerless.Speeds;
import dev.millrace.bench.streaming.ProcessorTime.Part;
import dev.millrace.bench.streaming.Streaming.Compared;
import dev.millrace.bench.streaming.Streaming.Speed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/** What {@code ./millrace bench --streaming} measured, for {@code docs/performance.md}. */
record StreamingSection(
        int events,
        int warmUp,
        double eventsPerSecond,
        double nanosPerExpression,
        Speeds brokerless,
        List<Compared> compared,
        String note) {
    private static final PageSection SECTION = new PageSection("rolling features", "./millrace bench --streaming");

    void write(Path page) throws IOException {
        SECTION.write(page, text());
    }

    private static String line(Compared all, String program, Speed speed) {
        return String.format(
                Locale.ROOT,
                "| %d | %s | %,.0f | %,.0f | %.0f %% |%n",
                all.partitions(),
                program,
                speed.perSecond(),
                speed.perCpuSecond(),
                100 * speed.perCpuSecond() / all.handWritten().perCpuSecond());
    }

    private static String parts(Compared all, String program, Speed speed) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "| %d | %s | %.1f |", all.partitions(), program, 1e6 / speed.perCpuSecond()));
        for (Part part : Part.values()) {
            line.append(String.format(Locale.ROOT, " %.1f |", speed.micros().get(part)));
        }
        return line.append('\n').toString();
    }

    private String text() {
        StringBuilder section = new StringBuilder("## Rolling features\n\n");
        section.append(String.format(
                Locale.ROOT,
                "Last run: %s, %d cores, Java %s, %,d card transactions after %,d as a warm-up. Three sliding windows (1, 7 and"
                        + " 30 days; count and mean)%nat each of two keys, customer and terminal.%s%n%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                events,
                warmUp,
                note.isEmpty() ? "" : " " + note));
        section.append("| partitions | program | events/s | events a second of processor time | of that by hand |\n");
        section.append("|---:|---|---:|---:|---:|\n");
        for (Compared both : compared) {
            section.append(String.format(
                    Locale.ROOT,
                    "| %d | by hand | %,.0f | %,.0f | |%n",
                    both.partitions(),
                    both.handWritten().perSecond(),
                    both.handWritten().perCpuSecond()));
            section.append(line(both, "transform-service", both.millrace()));
            section.append(line(both, "transform-service, with the topic of features", both.published()));
        }
        section.append("\nMicroseconds of processor time that an event took, by the threads that took them:\n\n");
        section.append("| partitions | program | all | stream | producer | RocksDB | garbage | compilers | other |\n");
        section.append("|---:|---|---:|---:|---:|---:|---:|---:|---:|\n");
        for (Compared both : compared) {
            section.append(parts(both, "by hand", both.handWritten()));
            section.append(parts(both, "transform-service", both.millrace()));
            section.append(parts(both, "transform-service, with the topic of features", both.published()));
        }
        section.append(String.format(
                Locale.ROOT,
                "%nBoth are processes with the same JVM options, work off the same filled topic with `exactly_once_v2`, RocksDB and"
                        + " changelogs, and have%nthe machine to themselves but for the broker. The program by hand"
                        + " (`bench`, `HandWritten`) does exactly that and nothing else: no checks, no%nrejections, no late"
                        + " events, no order between%npartitions, no metrics. So with one partition both give the same; with"
                        + " several, transform-service brings events into the order of acceptance%nbefore the second key's"
                        + " windows count them, and the program by hand takes them as they come.%n%n"
                        + "Without a broker, both in Kafka Streams' own task on one thread, with RocksDB on the disk and a commit every 100"
                        + " ms, as events a%nsecond of processor time: **%,.0f by transform-service's topology**, %,.0f by"
                        + " hand. That leaves out what Kafka's consumer and producer%ntake: polling, batches, compression,"
                        + " sending; changelogs are made and thrown away.%n%n"
                        + "Without Kafka, on one thread: %,.0f events/s from JSON through two checks and two derived fields to"
                        + " JSON; one derived field's CEL%nexpression takes %.0f ns.%n%n",
                brokerless.millrace(),
                brokerless.byHand(),
                eventsPerSecond,
                nanosPerExpression));
        return section.toString();
    }
}
