package dev.millrace.bench.autoscaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The simulated part of docs/operations/sizing.md. Run as a program it writes it there. */
public final class SizingTable {
    private static final String BEGIN = "<!-- simulated by ./millrace bench --autoscaling: begin -->\n";
    private static final String END = "<!-- simulated: end -->";

    /** A core carries so much, docs/performance.md; a pod is placed, starts and has its partitions in so many seconds. */
    static final Replica INGEST = new Replica(54_000, 1, 30, 0, 0.01);

    static final Replica TRANSFORM = new Replica(93_000, 1, 30, 6, 0.2);
    static final Replica MODEL = new Replica(85_000, 1, 30, 6, 0.2);
    static final Replica LOAD = new Replica(100_000, 1, 30, 6, 0.4);

    private record Case(String values, Scaling scaling, Replica replica) {}

    private SizingTable() {}

    /** Writes the table into the page. */
    public static void write(Path page) throws IOException {
        Files.writeString(page, in(Files.readString(page)));
    }

    /** The page with the table as it is now. */
    static String in(String page) {
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        return page.substring(0, begin) + table() + page.substring(page.indexOf(END, begin));
    }

    static String table() {
        StringBuilder table = new StringBuilder();
        List<LoadCurve> curves = new ArrayList<>(LoadCurve.bearable());
        curves.add(LoadCurve.flood());
        for (LoadCurve curve : curves) {
            table.append("**").append(curve.name()).append("**\n\n");
            table.append(
                    "| service | by | most replicas | changes | reversals | longest wait | late | replica hours |\n");
            table.append("|---|---|---:|---:|---:|---:|---:|---:|\n");
            for (Case each : cases()) {
                Outcome outcome = new Simulation(each.scaling(), each.replica(), curve).run();
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %d | %d | %d | %.0f s | %.1f min | %.1f |\n",
                        each.scaling().service(),
                        each.values(),
                        outcome.most(),
                        outcome.changes(),
                        outcome.reversals(),
                        outcome.longestWait(),
                        outcome.longestLate() / 60.0,
                        outcome.replicaHours()));
            }
            table.append('\n');
        }
        return table.toString();
    }

    private static List<Case> cases() {
        return List.of(
                new Case("CPU", Scaling.ingest().inProduction(), INGEST),
                new Case("CPU", Scaling.transform().inProduction(), TRANSFORM),
                new Case("CPU", Scaling.model().inProduction(), MODEL),
                new Case("CPU", Scaling.load().inProduction(), LOAD),
                new Case("CPU and lag", Scaling.load().inProduction().withLag(10 * LOAD.carries()), LOAD),
                new Case("CPU and lag of 20,000", Scaling.load().inProduction().withLag(20_000), LOAD),
                new Case(
                        "CPU, request 250m, of 1 to 4", Scaling.load(), new Replica(LOAD.carries(), 0.25, 30, 6, 0.4)));
    }
}
