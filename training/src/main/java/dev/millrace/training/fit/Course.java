package dev.millrace.training.fit;

import ai.onnxruntime.OrtException;
import dev.millrace.pipeline.declaration.CalibrationKind;
import dev.millrace.training.TrainingException;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.search.Search;
import dev.millrace.training.search.Trial;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A whole training: the search, the best of each kind tested, and one of them chosen by the validation weeks, so that the
 * test says how good the chosen one is and not how lucky the choice was.
 *
 * @param split what is learned from and tested on
 * @param tested whether the split's test is there; if not, only the chosen kind is learned, and nothing tests it
 * @param candidates what is tried
 * @param alarmCost what an alarm costs
 * @param calibrated how margins become scores
 * @param seed the seed of what is random
 */
public record Course(
        Split split,
        boolean tested,
        List<Candidate> candidates,
        double alarmCost,
        CalibrationKind calibrated,
        long seed) {
    private static final int FEWEST_POSITIVES = 10;

    /**
     * What came of it.
     *
     * @param trials all candidates, the best first
     * @param models the best of each kind, the chosen one first; only that where there is no test
     */
    public record Outcome(List<Trial> trials, List<Fitted> models) {
        /** The chosen one. */
        public Fitted chosen() {
            return models.get(0);
        }
    }

    /**
     * Trains.
     *
     * @throws TrainingException if there are too few days or positive rows
     */
    public Outcome run(Samples samples, Consumer<String> progress) throws OrtException {
        require("learn from", split.training(samples), split.trainFrom(), split.trainTo());
        if (tested) {
            require("test on", split.test(samples), split.testFrom(), split.testFrom() + split.testDays());
        }
        Search search = new Search(Search.WEEKS, seed);
        List<Split> validations = search.validations(split, samples.firstDay()).stream()
                .filter(week -> week.training(samples).positives() >= FEWEST_POSITIVES
                        && week.test(samples).positives() > 0)
                .toList();
        if (validations.isEmpty()) {
            throw new TrainingException("there are too few days before " + day(split.trainTo())
                    + " to choose settings on: " + split.delay() + " days of delay, " + split.testDays()
                    + " to validate on and some to learn from are needed, with positive labels; the first day is "
                    + day(samples.firstDay()));
        }
        progress.accept("settings are chosen on " + validations.size() + " validation "
                + (validations.size() == 1 ? "week" : "weeks") + ", the first from "
                + day(validations.get(validations.size() - 1).testFrom()));
        List<Trial> trials = search.run(
                candidates,
                samples,
                validations,
                trial -> progress.accept(String.format(
                        Locale.ROOT,
                        "average precision %.4f  %s",
                        trial.meanAveragePrecision(),
                        trial.candidate().text())));
        Fit fit = new Fit(alarmCost, calibrated, seed);
        if (!tested) {
            Fitted chosen = fit.latest(trials.get(0), split, samples);
            progress.accept("by its validation weeks  " + chosen.candidate().kind() + " " + chosen.metrics());
            return new Outcome(trials, List.of(chosen));
        }
        List<Fitted> models = new ArrayList<>();
        for (Map.Entry<String, Trial> best : Search.bestOfEachKind(trials).entrySet()) {
            Fitted fitted = fit.run(best.getValue(), split, samples);
            progress.accept("tested  " + best.getKey() + " " + fitted.metrics());
            models.add(fitted);
        }
        return new Outcome(trials, models);
    }

    private static void require(String what, Samples rows, int from, int to) {
        if (rows.positives() < FEWEST_POSITIVES) {
            throw new TrainingException("of the " + rows.size() + " rows to " + what + ", from " + day(from) + " to "
                    + day(to - 1) + ", " + rows.positives() + " have a positive label, and at least "
                    + FEWEST_POSITIVES + " are needed");
        }
    }

    private static String day(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }
}
