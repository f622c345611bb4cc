package dev.millrace.local.demo;

import dev.millrace.local.terminal.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a demonstration gave, as the rejected topic and the warehouse have it.
 *
 * @param fed what went in
 * @param rejected rejected records by stage and reason
 * @param rows rows of the fact table
 * @param scored rows with a score
 * @param frauds rows that the model calls fraud
 * @param took from the first record fed to the last one arrived
 * @param medianAge median time from acceptance to the warehouse
 * @param p99Age 99th percentile of it
 * @param riskiest the riskiest transactions, the worst first
 */
public record Summary(
        Fed fed,
        Map<String, Long> rejected,
        long rows,
        long scored,
        long frauds,
        Duration took,
        Duration medianAge,
        Duration p99Age,
        List<Risk> riskiest) {
    /** One risky transaction. */
    public record Risk(String id, String at, String customer, String terminal, BigDecimal amount, double score) {}

    public Summary {
        rejected = Map.copyOf(rejected);
        riskiest = List.copyOf(riskiest);
    }

    /** How many records are neither in the warehouse nor in {@code rejected}; negative if some are there twice. */
    public long missing() {
        return fed.records() - rows - rejectedInAll();
    }

    private long rejectedInAll() {
        return rejected.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The summary for people. */
    public List<String> lines() {
        double seconds = took.toNanos() / 1e9;
        Table table = new Table()
                .row("events in", count(fed.records()))
                .row("  as " + fed.files() + " files", count(fed.asFiles()))
                .row("  over HTTP", count(fed.overHttp()))
                .row("chargebacks, a week later", count(fed.chargebacks()))
                .row("rejected", count(rejectedInAll()));
        rejected.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> table.row("  " + entry.getKey(), count(entry.getValue())));
        table.row("accepted", count(fed.records() - rejectedInAll()))
                .row("scored", count(scored))
                .row("  as fraud", count(frauds))
                .row("rows in the warehouse", count(rows))
                .row("lost or doubled", count(missing()))
                .row("events/s, end to end", count(Math.round(fed.records() / seconds)))
                .row("age in the warehouse, median", millis(medianAge))
                .row("age in the warehouse, p99", millis(p99Age));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.add("  The riskiest transactions");
        Table risks = new Table().row("transaction", "at", "customer", "terminal", "amount", "score");
        riskiest.forEach(risk -> risks.row(
                risk.id(),
                risk.at(),
                risk.customer(),
                risk.terminal(),
                risk.amount(),
                String.format(Locale.ROOT, "%.3f", risk.score())));
        lines.addAll(risks.lines());
        return lines;
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String millis(Duration age) {
        return String.format(Locale.ROOT, "%.1f s", age.toNanos() / 1e9);
    }
}
