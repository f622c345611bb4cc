package dev.millrace.pipeline.declaration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How versions of a model are trained of what the warehouse holds. */
@Doc(
        "How versions of the model are trained: on the facts of some days, with the features that they had when they happened"
                + " and the labels that came since, by `./millrace train` or a Kubernetes Job.")
public record TrainingDeclaration(
        @Doc(
                value = "The labels in spec.labels to learn. Default: the only ones.",
                example = "chargebacks",
                pattern = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
        Optional<String> labels,

        @Doc(
                value =
                        "The clean fields to learn from. Default: all numbers and truth values but those that identify the"
                                + " event.",
                example = "[tx_amount, is_night]")
        List<String> features,

        @Doc(
                value = "The kinds of models to try; the best by weeks before the test is registered. Default: all.",
                example = "[logistic_regression, boosted_trees]")
        List<ModelKind> kinds,

        @Doc(
                value =
                        "The days to learn from. Default: 28d; of a model that recommends, 365d, and those of the test are among them.",
                example = "28d",
                pattern = DAYS)
        Optional<String> over,

        @Doc(value = "How many days after the event its label is known. Default: 7d.", example = "7d", pattern = DAYS)
        Optional<String> delay,

        @Doc(value = "The days to test on, behind those of delay. Default: 7d.", example = "7d", pattern = DAYS)
        Optional<String> test,

        @Doc(
                value =
                        "The clean field that says what is lost with an event of a positive label for which no alarm was"
                                + " raised. Default: 1 for each.",
                example = "tx_amount")
        Optional<String> stake,

        @Doc(
                value =
                        "What an alarm costs, in the unit of stake; the threshold is where both cost least. Default: 1.",
                example = "\"5\"",
                pattern = "[0-9]+(\\.[0-9]+)?")
        Optional<String> alarm,

        @Doc(value = "How the model's margins become scores. Default: platt.", example = "isotonic")
        Optional<CalibrationKind> calibration,

        @Doc(
                value = "What scores from the threshold on are called. Default: positive.",
                example = "fraud",
                pattern = NAME)
        Optional<String> positive,

        @Doc(value = "What scores below it are called. Default: negative.", example = "genuine", pattern = NAME)
        Optional<String> negative,

        @Doc(
                value =
                        "What a new version has to reach in its test to become champion by itself, by measure: a number, or"
                                + " champion, which is tested on the same days. Without any it stays challenger. Measures are"
                                + " auc_roc, average_precision, card_precision_at_100, precision_at_threshold,"
                                + " recall_at_threshold, expected_cost and brier; of a model that recommends,"
                                + " recall_at_20, ndcg_at_100, coverage and novelty, and popularity may stand in place of"
                                + " champion.",
                example = "{ average_precision: \">= champion\", auc_roc: \">= 0.8\" }",
                keys = MEASURE)
        Map<String, String> gates,

        @Doc(
                value = "Starts a training when features or scores have drifted from those of the training before."
                        + " Without it trainings are started by hand and by schedule alone.",
                example = "{ psi: \"0.25\", cooldown: 7d }")
        Optional<DriftDeclaration> on_drift) {
    static final String DAYS = "[1-9][0-9]{0,3}d";
    static final String NAME = "[a-z][-_a-z0-9]{0,62}";
    static final String OF_RECOMMENDERS = "recall_at_20|ndcg_at_100|coverage|novelty";
    static final String MEASURE = "auc_roc|average_precision|card_precision_at_100|precision_at_threshold"
            + "|recall_at_threshold|expected_cost|brier|" + OF_RECOMMENDERS;
    static final String GATE = "\\s*(>=|<=|≥|≤)\\s*(champion|popularity|[0-9]+(\\.[0-9]+)?)\\s*";

    /** How a model is trained of which nothing is declared. */
    public static final TrainingDeclaration DEFAULT = new TrainingDeclaration(
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty());

    /** How many days a model that recommends learns from. */
    public int historyDays() {
        return days(over, 365);
    }

    /** How many days to learn from. */
    public int trainingDays() {
        return days(over, 28);
    }

    /** How long after an event its label is known. */
    public Duration labelDelay() {
        return Duration.ofDays(delayDays());
    }

    /** The same in days. */
    public int delayDays() {
        return days(delay, 7);
    }

    /** How many days to test on. */
    public int testDays() {
        return days(test, 7);
    }

    /** What an alarm costs. */
    public double alarmCost() {
        return alarm.map(Double::valueOf).orElse(1.0);
    }

    /** How margins become scores. */
    public CalibrationKind calibrated() {
        return calibration.orElse(CalibrationKind.PLATT);
    }

    static int days(Optional<String> text, int otherwise) {
        return text.map(days -> Integer.valueOf(days.substring(0, days.length() - 1)))
                .orElse(otherwise);
    }
}
