package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.heatmap;
import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;
import static dev.millrace.grafana.Panel.table;

import java.util.List;

/** What the models say: which versions serve, how they score, how long they take. */
final class ModelsBoard {
    private ModelsBoard() {}

    static Board board() {
        return new Board(
                "models",
                "Models",
                "Which versions serve, how much they are asked, what they answer and how long they take. A change of version is marked when the annotation Models is on.",
                Jobs.of("model"),
                false,
                List.of(
                        Row.of(
                                "Now",
                                stat(
                                                "Models",
                                                "Models of which an alias stands for a version.",
                                                Unit.COUNT,
                                                "count(count by (model) (millrace_model_info{@}))")
                                        .good(1, 1),
                                stat(
                                        "Predictions in the stream",
                                        "Events that were scored, a second.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_predictions_total{@,route=~\"stream(-canary|-fallback)?\"}[$__rate_interval]))"),
                                stat(
                                        "Predictions over HTTP",
                                        "Inputs of /predict that were scored, a second.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_predictions_total{@,route!~\"stream.*|.*-shadow\"}[$__rate_interval]))"),
                                stat(
                                                "Failed",
                                                "Share of the predictions that did not come about.",
                                                Unit.RATIO,
                                                "(sum(rate(millrace_predictions_total{@,outcome!=\"ok\",route!~\".*-shadow\"}[$__rate_interval])) or vector(0)) / sum(rate(millrace_predictions_total{@}[$__rate_interval]))")
                                        .bad(0.001, 0.01),
                                stat(
                                        "Mean score",
                                        "The mean of the scores that were given.",
                                        Unit.COUNT,
                                        "sum(rate(millrace_prediction_score_sum{@}[$__rate_interval])) / sum(rate(millrace_prediction_score_count{@}[$__rate_interval]))"),
                                stat(
                                        "Scores above a half",
                                        "Share of the scores that are above 0.5: about what is called fraud.",
                                        Unit.RATIO,
                                        "1 - sum(rate(millrace_prediction_score_bucket{@,le=\"0.5\"}[$__rate_interval])) / sum(rate(millrace_prediction_score_count{@}[$__rate_interval]))")),
                        Row.of(
                                "Versions",
                                table(
                                        "Which version serves",
                                        "The version that each alias stands for, as each instance sees it. For a moment after a promotion they may differ.",
                                        Unit.COUNT,
                                        "max by (model, alias, version, instance) (millrace_model_info{@})"),
                                lines(
                                                "Predictions by version",
                                                "Who scored what: after a promotion the old version's line ends.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{model}} {{version}} {{route}} {{outcome}}",
                                                "sum by (model, version, route, outcome) (rate(millrace_predictions_total{@}[$__rate_interval]))")
                                        .wide(12)),
                        Row.of(
                                "Shadows and records",
                                lines(
                                                "Labels of shadows",
                                                "How often a shadow's label is that of the answer, and how often another.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{model}} {{version}} {{label}}",
                                                "sum by (model, version, label) (rate(millrace_shadow_compared_total{@}[$__rate_interval]))"),
                                lines(
                                                "Lists of shadows",
                                                "Which share of the items of a shadow's lists and of those that were answered stands on both: 1 where they list the same.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{model}} {{version}}",
                                                "sum by (model, version) (rate(millrace_shadow_overlap_sum{@}[$__rate_interval])) / sum by (model, version) (rate(millrace_shadow_overlap_count{@}[$__rate_interval]))"),
                                lines(
                                                "Predictions of which no word was kept",
                                                "Answered, but not written to the topic of predictions: the broker was away or slow.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{model}}",
                                                "sum by (model) (rate(millrace_predictions_dropped_total{@}[$__rate_interval]))")),
                        Row.of(
                                "Drift",
                                lines(
                                                "Drift from training",
                                                "Population stability index of what models were given, and answered, in the last day. Above 0.1 is some, above 0.25 much.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{model}} {{feature}}",
                                                "max by (model, feature) (millrace_drift{@,statistic=\"psi\"})")
                                        .wide(12),
                                lines(
                                                "Largest difference of shares",
                                                "Kolmogorov and Smirnov's distance from training: by how much the share of values up to some value differs at most.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{model}} {{feature}}",
                                                "max by (model, feature) (millrace_drift{@,statistic=\"ks\"})")
                                        .wide(6),
                                lines("Missing", "Share of values that were missing.", Unit.RATIO)
                                        .ask(
                                                "{{model}} {{feature}}",
                                                "max by (model, feature) (millrace_drift{@,statistic=\"missing\"})")
                                        .wide(6),
                                lines(
                                                "Trainings after drift",
                                                "Trainings that the service started because features or scores had drifted, and those of them that failed, in an hour.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{pipeline}} {{outcome}}",
                                                "sum by (pipeline, outcome) (increase(millrace_trainings_total{@}[1h]))")
                                        .wide(12)),
                        Row.of(
                                "Scores",
                                heatmap(
                                        "Distribution of scores",
                                        "How many scores fell into which range. A band that moves is a change in the events or in the model.",
                                        Unit.COUNT,
                                        "sum by (le) (increase(millrace_prediction_score_bucket{@}[$__rate_interval]))"),
                                lines(
                                                "Score percentiles",
                                                "Median, 95th and 99th percentile of the scores, by version: what two versions make of the same events.",
                                                Unit.COUNT)
                                        .percentiles("millrace_prediction_score", "@", "model, version")
                                        .wide(12)),
                        Row.of(
                                "Live features",
                                lines(
                                                "Age of live features",
                                                "How long before an answer of /predict the newest event was accepted that its live features hold. While events flow it is a moment; in a quiet pipeline it grows without anything being missing.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_feature_age_seconds", "@", "pipeline")
                                        .wide(12),
                                lines(
                                                "Answers with live features",
                                                "Inputs of /predict whose answer says how old its live features are.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{pipeline}}",
                                                "sum by (pipeline) (rate(millrace_feature_age_seconds_count{@}[$__rate_interval]))")
                                        .wide(12)),
                        Row.of(
                                "Time",
                                lines(
                                                "Time of a call",
                                                "How long a call of a model took, whatever its rows.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_prediction_seconds", "@", "model, version")
                                        .wide(12),
                                lines(
                                                "Rows a call",
                                                "How many rows a call of a model has; the larger, the cheaper a row.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{model}} {{version}}",
                                                "sum by (model, version) (rate(millrace_prediction_score_count{@}[$__rate_interval])) / sum by (model, version) (rate(millrace_prediction_seconds_count{@}[$__rate_interval]))")
                                        .wide(12))));
    }
}
