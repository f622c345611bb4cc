package dev.millrace.rehearsal;

import dev.millrace.training.TrainingException;
import dev.millrace.training.evaluate.Decision;
import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.sample.WarehouseFacts;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How good the stream's scores of some days turned out to be.
 *
 * @param from the first of them
 * @param trained the version that scored them
 * @param scored how many rows it scored
 * @param rows how many of them are judged: those of keys that were not known to be compromised
 * @param positives how many of these have a positive label
 * @param metrics the measures of their scores
 * @param mostCardPrecision the card precision of scores that tell every row
 */
record Week(
        LocalDate from,
        Trained trained,
        long scored,
        int rows,
        int positives,
        Map<String, Double> metrics,
        double mostCardPrecision) {
    private static final String SCORE = "score";

    /**
     * As the warehouse has it, once all labels are there.
     *
     * @throws RehearsalException if another version scored some of the rows, or none did
     * @throws TrainingException if the warehouse can not be read
     */
    static Week of(LocalDate from, Trained trained, Learnable learnable, WarehouseFacts facts) {
        int first = (int) from.toEpochDay();
        int days = learnable.training().testDays();
        Map<String, Long> scoredBy = facts.scoredBy(learnable, first, first + days);
        if (!scoredBy.keySet().equals(Set.of(trained.version()))) {
            throw new RehearsalException("the " + days + " days from " + from + " were to be scored by version "
                    + trained.version() + "; the warehouse has rows by version: " + scoredBy);
        }
        Split split = Split.testing(
                first, learnable.training().trainingDays(), learnable.training().delayDays(), days);
        Samples late = facts.read(learnable, List.of(SCORE), split.trainTo() - days, first + days, count -> {});
        Samples judged = split.test(late);
        if (judged.positives() == 0) {
            throw new RehearsalException("none of the " + judged.size() + " rows of the " + days + " days from " + from
                    + " has a positive label: nothing can be said of their scores");
        }
        double[] scores = new double[judged.size()];
        for (int row = 0; row < scores.length; row++) {
            scores[row] = judged.value(row, 0);
        }
        return new Week(
                from,
                trained,
                scoredBy.get(trained.version()),
                judged.size(),
                judged.positives(),
                Evaluation.of(
                        judged,
                        scores,
                        new Decision(trained.threshold(), learnable.training().alarmCost())),
                Evaluation.mostCardPrecision(judged));
    }
}
