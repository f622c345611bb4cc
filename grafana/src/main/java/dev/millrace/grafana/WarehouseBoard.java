package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;
import static dev.millrace.grafana.Panel.table;

import java.util.List;

/** The warehouse as load sees it: rows, transactions, connections. */
final class WarehouseBoard {
    private WarehouseBoard() {}

    static Board board() {
        return new Board(
                "warehouse",
                "Warehouse",
                "The warehouse as load sees it: rows written, how long transactions take, and the pool of connections. For the database's own health use its operator's dashboards.",
                Jobs.of("load"),
                true,
                List.of(
                        Row.of(
                                "Now",
                                stat(
                                        "Rows",
                                        "Rows inserted or updated, a second, of all tables.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_load_rows_total{@}[$__rate_interval]))"),
                                stat(
                                                "Pipelines that are loaded",
                                                "Of the pipelines with a warehouse, the share whose events are being written.",
                                                Unit.RATIO,
                                                "avg(max by (pipeline) (millrace_load_working{@}))")
                                        .good(0.99, 1),
                                stat(
                                        "Time for a batch, p95",
                                        "How long one transaction takes, of all but the slowest twentieth.",
                                        Unit.SECONDS,
                                        "histogram_quantile(0.95, sum by (le) (rate(millrace_stage_seconds_bucket{@,stage=\"load\"}[$__rate_interval])))"),
                                stat(
                                        "Connections in use",
                                        "Connections of the pools that are in use.",
                                        Unit.COUNT,
                                        "sum(agroal_active_count{@@})"),
                                stat(
                                                "Threads that wait",
                                                "Threads that wait for a connection.",
                                                Unit.COUNT,
                                                "sum(agroal_awaiting_count{@@})")
                                        .bad(1, 5),
                                stat(
                                                "Age, p99",
                                                "Time from an event's acceptance to its commit.",
                                                Unit.SECONDS,
                                                "histogram_quantile(0.99, sum by (le) (rate(millrace_age_seconds_bucket{@,stage=\"load\"}[$__rate_interval])))")
                                        .bad(30, 60)),
                        Row.of(
                                "Rows",
                                lines("Rows by table", "Rows written, by table and operation.", Unit.PER_SECOND)
                                        .ask(
                                                "{{table}} {{operation}}",
                                                "sum by (table, operation) (rate(millrace_load_rows_total{@}[$__rate_interval]))")
                                        .wide(12),
                                table(
                                                "What became of the events",
                                                "Rows, duplicates and rejections since the audit began, up to its horizon. Counted in the transactions that wrote the rows.",
                                                Unit.COUNT,
                                                "max by (pipeline, point) (millrace_audit_records{@,point=~\"rows|duplicates|rejected_by_load\"})")
                                        .wide(12)),
                        Row.of(
                                "Transactions",
                                lines("Time for a batch", "From a batch's hand-over to its commit.", Unit.SECONDS)
                                        .percentiles("millrace_stage_seconds", "@,stage=\"load\"", ""),
                                lines("Batches", "Transactions that were committed.", Unit.PER_SECOND)
                                        .ask(
                                                "{{pipeline}}",
                                                "sum by (pipeline) (rate(millrace_stage_seconds_count{@,stage=\"load\"}[$__rate_interval]))"),
                                lines(
                                                "Share of time at work",
                                                "How much of its time a pipeline's loading thread spends in transactions. At 1 the database is the limit, and another replica helps only if the database has room.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{pipeline}} {{instance}}",
                                                "sum by (pipeline, instance) (rate(millrace_stage_seconds_sum{@,stage=\"load\"}[$__rate_interval]))")),
                        Row.of(
                                "Connections",
                                lines(
                                                "Connections",
                                                "Of the pool of each instance: in use, idle, and the most ever used.",
                                                Unit.COUNT)
                                        .ask("in use {{instance}}", "agroal_active_count{@@}")
                                        .ask("idle {{instance}}", "agroal_available_count{@@}")
                                        .ask("most {{instance}}", "agroal_max_used_count{@@}"),
                                lines(
                                                "Threads that wait",
                                                "Threads that wait for a connection of the pool.",
                                                Unit.COUNT)
                                        .ask("{{instance}}", "agroal_awaiting_count{@@}")
                                        .bad(1, 5),
                                lines(
                                                "New connections",
                                                "Connections that were opened, and those found broken. Many are a sign of a database that restarts or of a proxy that cuts.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "opened {{instance}}",
                                                "rate(agroal_creation_count_total{@@}[$__rate_interval])")
                                        .ask(
                                                "broken {{instance}}",
                                                "rate(agroal_invalid_count_total{@@}[$__rate_interval])"))));
    }
}
