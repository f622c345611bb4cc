package dev.millrace.training.command;

import dev.millrace.pipeline.declaration.TrainingDeclaration;
import dev.millrace.training.TrainingException;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.search.Search;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The weeks that are tested on, each as long as the declaration says, and what is learned from for them.
 *
 * @param firstDays the first day of each, in days since 1970-01-01, the earliest first
 * @param training how it is trained
 * @param eventsFrom the first day of the events
 * @param eventsTo the last day of the events
 */
record TestWeeks(List<Integer> firstDays, TrainingDeclaration training, int eventsFrom, int eventsTo) {
    private static final int BY_DEFAULT = 4;
    private static final int WARM_UP = 30;
    /** As many as a training wants. */
    private static final int FEWEST_POSITIVES = 10;

    TestWeeks {
        for (int first : firstDays) {
            if (first < eventsFrom || first + training.testDays() - 1 > eventsTo) {
                throw new TrainingException(week(first, training.testDays()) + " is not wholly within the events, which"
                        + " are from " + day(eventsFrom) + " to " + day(eventsTo));
            }
        }
    }

    /**
     * Those that begin on these days; of no days, the last ones of the events.
     *
     * @throws TrainingException if one is not wholly within the events
     */
    static TestWeeks of(List<LocalDate> days, TrainingDeclaration training, Samples events) {
        int behind = events.lastDay() + 1;
        IntStream first = days.isEmpty()
                ? IntStream.rangeClosed(1, BY_DEFAULT).map(week -> behind - week * training.testDays())
                : days.stream().mapToInt(day -> (int) day.toEpochDay());
        return new TestWeeks(first.sorted().distinct().boxed().toList(), training, events.firstDay(), events.lastDay());
    }

    /** The events that are tested on or learned from. The others only cost memory. */
    Samples needed(Samples events, int longestTraining) {
        int reach = firstDays.get(0)
                - longestTraining
                - 2 * training.delayDays()
                - (Search.WEEKS + 1) * training.testDays();
        return events.between(Math.max(learnableFrom(), reach), eventsTo + 1);
    }

    /**
     * What is learned from and tested on for that length of training.
     *
     * @throws TrainingException if days or positive labels are missing for a week, or for choosing settings before the first
     */
    Plan plan(int trainingDays, Samples samples) {
        List<Split> tests = firstDays.stream()
                .map(first -> Split.testing(first, trainingDays, training.delayDays(), training.testDays()))
                .toList();
        tests.forEach(split -> require(split, samples));
        Split first = tests.get(0);
        List<Split> validations = new Search(Search.WEEKS, 0)
                .validations(first, samples.firstDay()).stream()
                        .filter(split -> split.training(samples).positives() >= FEWEST_POSITIVES
                                && split.test(samples).positives() > 0)
                        .toList();
        if (validations.isEmpty()) {
            throw new TrainingException(week(first.testFrom(), first.testDays()) + " has too few days before it to"
                    + " choose settings on: " + first.testDays() + " days with positive labels that end before "
                    + day(first.trainTo()) + ", and " + first.delay() + " days before them some with "
                    + FEWEST_POSITIVES + " positive labels; " + known());
        }
        return new Plan(trainingDays, tests, validations);
    }

    /**
     * The days of one length of training.
     *
     * @param trainingDays how many days are learned from
     * @param tests what is learned from and tested on, a split a week
     * @param validations what settings are chosen on, before the first week
     */
    record Plan(int trainingDays, List<Split> tests, List<Split> validations) {}

    private void require(Split split, Samples samples) {
        String week = week(split.testFrom(), split.testDays());
        if (split.trainFrom() < learnableFrom()) {
            throw new TrainingException(week + " has too few days before it: it takes "
                    + (split.trainTo() - split.trainFrom())
                    + " days to learn from, " + day(split.trainFrom()) + " to " + day(split.trainTo() - 1) + ", and "
                    + split.delay() + " days in which labels are late; " + known());
        }
        int learned = split.training(samples).positives();
        if (learned < FEWEST_POSITIVES) {
            throw new TrainingException(week + " has too little to learn from: of the rows from "
                    + day(split.trainFrom()) + " to " + day(split.trainTo() - 1) + ", " + learned
                    + " have a positive label, and at least " + FEWEST_POSITIVES + " are needed; " + known());
        }
        Samples test = split.test(samples);
        if (test.positives() == 0 || test.positives() == test.size()) {
            throw new TrainingException(week + " tells nothing: of its " + test.size() + " rows whose keys are not"
                    + " known to be compromised, " + test.positives() + " have a positive label; " + known());
        }
    }

    /** Windows fill while nothing is learned, for a third of the days at most. */
    private int learnableFrom() {
        return eventsFrom + Math.min(WARM_UP, (eventsTo - eventsFrom) / 3);
    }

    private String known() {
        return "the events are from " + day(eventsFrom) + " to " + day(eventsTo) + ", and learned from is from "
                + day(learnableFrom()) + " on, when windows have filled";
    }

    private static String week(int first, int days) {
        return "the test week from " + day(first) + " to " + day(first + days - 1);
    }

    private static String day(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }
}
