package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;
import static dev.millrace.grafana.Panel.table;

import java.util.ArrayList;
import java.util.List;

/** The objectives, by the recording rules: how much error is left, how fast it is used up, what pages. */
final class SloBoard {
    private static final String OF = "namespace=~\"$namespace\"";

    private SloBoard() {}

    static Board board() {
        return new Board(
                "slo",
                "SLO",
                "The objectives of docs/operations/slo.md: availability of /predict, freshness of the warehouse, and that no event is lost. Needs the recording rules.",
                Jobs.ALL,
                false,
                List.of(
                        now(),
                        objective(
                                "predict-availability",
                                "Availability of /predict: 99.9 % are not answered with a 5xx",
                                0.001,
                                ""),
                        objective(
                                "freshness",
                                "Freshness: 99 % of the accepted events are in the warehouse or rejected within 60 s",
                                0.01,
                                "{{pipeline}}"),
                        Row.of(
                                "Correctness: no event is lost",
                                lines(
                                                "Unaccounted for",
                                                "Events that went into a stage and are neither in its output nor rejected. There is no budget for this: 1 pages.",
                                                Unit.NONE)
                                        .ask(
                                                "{{pipeline}} {{stage}}",
                                                "max by (pipeline, stage) (millrace_audit_unaccounted_events{@})")
                                        .bad(1, 1)
                                        .wide(12),
                                lines(
                                                "The audit is behind by",
                                                "How long ago the last events were accepted that it has followed to their end.",
                                                Unit.SECONDS)
                                        .ask(
                                                "{{pipeline}}",
                                                "time() - max by (pipeline) (millrace_audit_until_seconds{@})")
                                        .bad(600, 1800)
                                        .wide(12)),
                        Row.of(
                                "Alerts",
                                table(
                                                "Firing",
                                                "Alerts of Millrace that fire now. Each has a page in docs/operations/runbooks.",
                                                Unit.COUNT,
                                                "max by (alertname, severity, pipeline, stage, exported_job, exported_instance) (ALERTS{alertname=~\"Millrace.*\",alertstate=\"firing\","
                                                        + OF + "})")
                                        .wide(24))));
    }

    private static Row now() {
        List<Panel> panels = new ArrayList<>();
        for (String slo : List.of("predict-availability", "freshness")) {
            String of = "{sloth_id=\"millrace-" + slo + "\"," + OF + "}";
            String what = slo.equals("freshness") ? "freshness" : "/predict";
            panels.add(stat(
                            "Budget left: " + what,
                            "What is left of the errors that 30 days may have.",
                            Unit.RATIO,
                            "min(slo:period_error_budget_remaining:ratio" + of + ")")
                    .good(0.1, 0.5)
                    .wide(6));
            panels.add(stat(
                            "Burn rate: " + what,
                            "How fast errors use up the budget now: at 1 it lasts 30 days, at 14.4 two.",
                            Unit.COUNT,
                            "max(slo:current_burn_rate:ratio" + of + ")")
                    .bad(1, 14.4)
                    .wide(6));
        }
        return new Row("Now", false, panels);
    }

    private static Row objective(String slo, String title, double budget, String legend) {
        String of = "{sloth_id=\"millrace-" + slo + "\"," + OF + "}";
        return Row.of(
                title,
                lines("Budget left", "What is left of the errors that 30 days may have.", Unit.NONE)
                        .ask("budget left " + legend, "slo:period_error_budget_remaining:ratio" + of),
                lines(
                                "Share of errors",
                                "By the windows of the alerts. A page: 14.4 times the budget in 5 m and 1 h, or 6 times in 30 m and 6 h. A ticket: 3 times in 2 h and 1 d, or 1 time in 6 h and 3 d.",
                                Unit.RATIO)
                        .ask("{{sloth_window}} " + legend, "slo:sli_error:ratio_rate5m" + of)
                        .ask("{{sloth_window}} " + legend, "slo:sli_error:ratio_rate1h" + of)
                        .ask("{{sloth_window}} " + legend, "slo:sli_error:ratio_rate6h" + of)
                        .ask("{{sloth_window}} " + legend, "slo:sli_error:ratio_rate1d" + of)
                        .ask("{{sloth_window}} " + legend, "slo:sli_error:ratio_rate3d" + of)
                        .bad(budget, 14.4 * budget),
                lines("Burn rate", "How fast errors use up the budget: at 1 it lasts 30 days, at 14.4 two.", Unit.COUNT)
                        .ask("now " + legend, "slo:current_burn_rate:ratio" + of)
                        .ask("30 days " + legend, "slo:period_burn_rate:ratio" + of)
                        .bad(1, 14.4));
    }
}
