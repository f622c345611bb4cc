package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;

import java.util.List;

/** All of Millrace on one page, in the order of the flow. */
final class OverviewBoard {
    private OverviewBoard() {}

    static Board board() {
        return new Board(
                "overview",
                "Overview",
                "All of Millrace in the order of the flow: what comes in, how far it is, what was refused, and whether every event is accounted for.",
                Jobs.ALL,
                true,
                List.of(now(), objectives(), flow(), refused(), correctness(), saturation()));
    }

    private static Row now() {
        return Row.of(
                "Now",
                stat(
                                "Services up",
                                "How many of the four services have an instance that answers.",
                                Unit.COUNT,
                                "count(max by (job) (up{@@}) == 1)")
                        .good(1, 4),
                stat(
                        "Accepted",
                        "Events that ingest has acknowledged, a second.",
                        Unit.PER_SECOND,
                        "sum(rate(millrace_events_total{@,stage=\"ingest\",outcome=\"ok\"}[$__rate_interval]))"),
                stat(
                        "Loaded",
                        "Events that became rows of the warehouse, a second.",
                        Unit.PER_SECOND,
                        "sum(rate(millrace_events_total{@,stage=\"load\",outcome=\"ok\"}[$__rate_interval]))"),
                stat(
                                "Age in the warehouse, p99",
                                "Time from an event's acceptance to its commit in the warehouse, of all but the slowest hundredth.",
                                Unit.SECONDS,
                                "histogram_quantile(0.99, sum by (le) (rate(millrace_age_seconds_bucket{@,stage=\"load\"}[$__rate_interval])))")
                        .bad(30, 60),
                stat(
                                "Waiting",
                                "Records before any stage that it has not done with.",
                                Unit.COUNT,
                                "sum(max by (pipeline, stage) (millrace_waiting_records{@}))")
                        .bad(100_000, 1_000_000),
                stat(
                                "Rejected",
                                "Of the events that came, the share that any stage rejected.",
                                Unit.RATIO,
                                "sum(rate(millrace_events_total{@,outcome=\"rejected\"}[$__rate_interval]))"
                                        + " / sum(rate(millrace_events_total{@,stage=\"ingest\"}[$__rate_interval]))")
                        .bad(0.01, 0.05),
                stat(
                                "Lost or doubled",
                                "Events that went into a stage and did not come out of it, or came out twice. Anything but 0 is a page: see Correctness below.",
                                Unit.COUNT,
                                "sum(abs(max by (pipeline, stage) (millrace_audit_unaccounted_events{@})))")
                        .bad(1, 1),
                stat(
                                "/predict answered",
                                "Of the requests to /predict, the share that was not answered with a 5xx.",
                                Unit.RATIO,
                                "1 - (sum(rate(http_server_requests_seconds_count{@@,uri=~\"/predict.*\",status=~\"5..\"}[$__rate_interval])) or vector(0))"
                                        + " / sum(rate(http_server_requests_seconds_count{@@,uri=~\"/predict.*\"}[$__rate_interval]))")
                        .good(0.99, 0.999));
    }

    private static Row objectives() {
        return Row.of(
                "Objectives",
                lines(
                                "Error budget left",
                                "What is left of the errors that 30 days may have: 100 % is untouched, 0 % is used up. Needs the recording rules.",
                                Unit.NONE)
                        .ask(
                                "{{sloth_slo}} {{pipeline}}",
                                "slo:period_error_budget_remaining:ratio{namespace=~\"$namespace\"}")
                        .wide(8),
                lines(
                                "Burn rate",
                                "How fast errors use the budget up: at 1 it lasts 30 days, at 14.4 two. Needs the recording rules.",
                                Unit.COUNT)
                        .ask("{{sloth_slo}} {{pipeline}}", "slo:current_burn_rate:ratio{namespace=~\"$namespace\"}")
                        .bad(1, 14.4)
                        .wide(8),
                lines(
                                "Age in the warehouse",
                                "Time from an event's acceptance to its commit in the warehouse. The objective is 99 % within 60 s.",
                                Unit.SECONDS)
                        .percentiles("millrace_age_seconds", "@,stage=\"load\"", "pipeline")
                        .bad(60, 300)
                        .wide(8));
    }

    private static Row flow() {
        return Row.of(
                "Flow: ingest, transform, model, load",
                stage("ingest", "Events that ingest took in."),
                stage("transform", "Events that transform checked and derived."),
                stage("model", "Events that model scored."),
                stage("load", "Events that load wrote to the warehouse; a duplicate was there already."),
                lines(
                                "Age at each stage, p95",
                                "Time from an event's acceptance to its leaving a stage. Where two neighbours are far apart, there it waits.",
                                Unit.SECONDS)
                        .ask(
                                "{{stage}} {{pipeline}}",
                                "histogram_quantile(0.95, sum by (le, stage, pipeline) (rate(millrace_age_seconds_bucket{@}[$__rate_interval])))")
                        .wide(8),
                lines(
                                "Waiting before each stage",
                                "Records of a stage's topic that it has not done with, by the offsets it has committed; there also while the stage is down.",
                                Unit.COUNT)
                        .ask("{{stage}} {{pipeline}}", "max by (stage, pipeline) (millrace_waiting_records{@})")
                        .wide(8),
                lines(
                                "Waiting before each stage, in time",
                                "How long what waits takes at the pace of now: what a new event has to wait.",
                                Unit.SECONDS)
                        .ask(
                                "{{stage}} {{pipeline}}",
                                "max by (stage, pipeline) (millrace_waiting_records{@}) / (sum by (stage, pipeline) (rate(millrace_events_total{@}[$__rate_interval])) > 0)")
                        .wide(8));
    }

    private static Panel stage(String stage, String description) {
        return lines("Events: " + stage, description + " By outcome.", Unit.PER_SECOND)
                .ask(
                        "{{outcome}} {{pipeline}}",
                        "sum by (outcome, pipeline) (rate(millrace_events_total{@,stage=\"" + stage
                                + "\"}[$__rate_interval]))")
                .wide(6);
    }

    private static Row refused() {
        return Row.of(
                "Refused",
                lines(
                                "Rejected by reason",
                                "Records that went to a rejected topic. The topic has the reason in words and the original bytes.",
                                Unit.PER_SECOND)
                        .ask(
                                "{{stage}} {{reason}} {{pipeline}}",
                                "sum by (stage, reason, pipeline) (rate(millrace_rejected_total{@}[$__rate_interval]))")
                        .stack()
                        .wide(12),
                lines(
                                "HTTP answers that are no success",
                                "4xx: the sender's mistake, or 429, too much at once. 5xx: ours, or the broker's.",
                                Unit.REQUESTS_PER_SECOND)
                        .ask(
                                "{{job}} {{status}}",
                                "sum by (job, status) (rate(http_server_requests_seconds_count{@@,status=~\"[45]..\"}[$__rate_interval]))")
                        .stack()
                        .wide(12));
    }

    private static Row correctness() {
        return Row.of(
                "Correctness: accepted = loaded + rejected + in flight",
                lines(
                                "Unaccounted for",
                                "Events that went into a stage and are neither in its output nor rejected, of those accepted before the audit's horizon. Above 0: lost. Below: came out more often than they went in.",
                                Unit.NONE)
                        .ask(
                                "{{stage}} {{pipeline}}",
                                "max by (stage, pipeline) (millrace_audit_unaccounted_events{@})")
                        .bad(1, 1)
                        .wide(8),
                lines(
                                "Records at each point",
                                "What the audit has counted since it began, up to its horizon. raw = clean + rejected by transform, clean = scored + rejected by model, scored = rows + duplicates + rejected by load.",
                                Unit.COUNT)
                        .ask("{{point}} {{pipeline}}", "max by (point, pipeline) (millrace_audit_records{@})")
                        .wide(8),
                lines(
                                "The audit is behind by",
                                "How long ago the last events were accepted that the audit has followed to their end. It is at least millrace.audit.grace, and waits where a stage waits.",
                                Unit.SECONDS)
                        .ask("{{pipeline}}", "time() - max by (pipeline) (millrace_audit_until_seconds{@})")
                        .bad(600, 1800)
                        .wide(8));
    }

    private static Row saturation() {
        return Row.closed(
                "Saturation",
                lines("Processor time", "Share of the machine's processors that a process uses.", Unit.RATIO)
                        .ask("{{job}} {{instance}}", "process_cpu_usage{@@}"),
                lines(
                                "Heap in use after a collection",
                                "Share of the long-lived heap that is in use after a collection: near 1 there is no room to work in.",
                                Unit.RATIO)
                        .ask("{{job}} {{instance}}", "jvm_memory_usage_after_gc{@@,area=\"heap\"}")
                        .bad(0.8, 0.9),
                lines(
                                "Threads that wait for the warehouse",
                                "Threads of load that wait for a connection of the pool.",
                                Unit.COUNT)
                        .ask("{{instance}}", "agroal_awaiting_count{@@}"));
    }
}
