package dev.millrace.training.search;

import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.sample.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tries candidates on weeks before a test: each validation week lies wholly before the labels that the tested model learns
 * from end, so that nothing of the test is seen, and each is judged as the test will be, after a gap in which labels are
 * late.
 *
 * @param weeks how many validation weeks at most; there are fewer where the samples do not reach back so far
 * @param seed the seed of what is random in learning
 */
public record Search(int weeks, long seed) {
    /** How many weeks are enough to tell candidates apart. */
    public static final int WEEKS = 3;

    /** The splits to validate with, for that final split; at least one where there are enough days. */
    public List<Split> validations(Split last, int firstDay) {
        List<Split> splits = new ArrayList<>();
        Split split = last.earlier(last.delay());
        while (splits.size() < weeks && split.testFrom() + split.testDays() > firstDay) {
            if (split.testFrom() + split.testDays() <= last.trainTo() && split.trainTo() - firstDay >= 1) {
                splits.add(new Split(
                        Math.max(firstDay, split.trainFrom()), split.trainTo(), split.delay(), split.testDays()));
            }
            split = split.earlier(split.testDays());
        }
        return splits;
    }

    /** The trials, by falling mean average precision. */
    public List<Trial> run(List<Candidate> candidates, Samples samples, List<Split> splits, Consumer<Trial> progress) {
        List<Trial.Week> weeks =
                splits.stream().map(split -> Trial.Week.of(split, samples)).toList();
        List<Trial> trials = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Trial trial = Trial.of(candidate, weeks, seed);
            progress.accept(trial);
            trials.add(trial);
        }
        trials.sort(Comparator.comparingDouble(Trial::meanAveragePrecision).reversed());
        return trials;
    }

    /** The best trial of each kind, the best kind first. */
    public static Map<String, Trial> bestOfEachKind(List<Trial> trials) {
        Map<String, Trial> best = new LinkedHashMap<>();
        trials.forEach(trial -> best.putIfAbsent(trial.candidate().kind(), trial));
        return best;
    }
}
