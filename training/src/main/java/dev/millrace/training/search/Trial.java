package dev.millrace.training.search;

import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.learn.Learned;
import dev.millrace.training.sample.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a candidate did on validation weeks.
 *
 * @param candidate the candidate
 * @param averagePrecisions a week's average precision each, the latest week first
 * @param margins of all rows of those weeks
 * @param rows those rows
 */
public record Trial(Candidate candidate, List<Double> averagePrecisions, double[] margins, List<Samples> rows) {
    /**
     * A validation week and what is learned from for it, nothing missing.
     *
     * @param training the rows to learn from
     * @param week the rows to score
     */
    record Week(Samples training, Samples week) {
        static Week of(Split split, Samples samples) {
            Samples training = split.training(samples);
            float[] references = training.medians();
            return new Week(training.filled(references), split.test(samples).filled(references));
        }
    }

    /** Learns and scores for each of the weeks. */
    static Trial of(Candidate candidate, List<Week> weeks, long seed) {
        List<Double> precisions = new ArrayList<>();
        List<Samples> rows = new ArrayList<>();
        double[] all = {};
        for (Week week : weeks) {
            try (Learned learned = candidate.learn(week.training(), seed)) {
                double[] margins =
                        learned.margins(week.week().values(), week.week().size());
                precisions.add(week.week().positives() == 0 ? 0 : Evaluation.averagePrecision(week.week(), margins));
                int before = all.length;
                all = Arrays.copyOf(all, before + margins.length);
                System.arraycopy(margins, 0, all, before, margins.length);
                rows.add(week.week());
            }
        }
        return new Trial(candidate, precisions, all, rows);
    }

    /** The mean over the weeks. */
    public double meanAveragePrecision() {
        return averagePrecisions.stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }

    /** Whether each row was positive, in the order of the margins. */
    public boolean[] positives() {
        boolean[] positives = new boolean[margins.length];
        int at = 0;
        for (Samples week : rows) {
            for (int row = 0; row < week.size(); row++) {
                positives[at++] = week.positive(row);
            }
        }
        return positives;
    }
}
