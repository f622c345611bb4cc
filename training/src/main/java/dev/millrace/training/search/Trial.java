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
    /** Learns and scores on each of the splits. */
    static Trial of(Candidate candidate, Samples samples, List<Split> splits, long seed) {
        List<Double> precisions = new ArrayList<>();
        List<Samples> rows = new ArrayList<>();
        double[] all = {};
        for (Split split : splits) {
            Samples training = split.training(samples);
            float[] references = training.medians();
            Samples week = split.test(samples).filled(references);
            try (Learned learned = candidate.learn(training.filled(references), seed)) {
                double[] margins = learned.margins(week.values(), week.size());
                precisions.add(week.positives() == 0 ? 0 : Evaluation.averagePrecision(week, margins));
                int before = all.length;
                all = Arrays.copyOf(all, before + margins.length);
                System.arraycopy(margins, 0, all, before, margins.length);
                rows.add(week);
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
