package dev.millrace.training.evaluate;

import dev.millrace.training.sample.Samples;
import java.util.ArrayList;
import java.util.List;

/**
 * What a report draws of scores.
 *
 * @param roc false positive rate and recall, as the threshold falls
 * @param precisionRecall recall and precision, as the threshold falls
 * @param calibration mean score and share of positive rows, of groups of rows by their scores
 */
public record Curves(List<Point> roc, List<Point> precisionRecall, List<Point> calibration) {
    private static final int POINTS = 200;
    private static final int GROUPS = 10;

    /** A point of a curve. */
    public record Point(double x, double y) {}

    /** The curves of scores on those rows; at most some 200 points each. */
    public static Curves of(Samples samples, double[] scores) {
        int[] order = Evaluation.bestFirst(scores);
        int positives = samples.positives();
        int others = samples.size() - positives;
        List<Point> roc = new ArrayList<>(List.of(new Point(0, 0)));
        List<Point> precisionRecall = new ArrayList<>();
        int found = 0;
        double lastX = 0;
        double lastRecall = -1;
        for (int i = 0; i < order.length; i++) {
            found += samples.positive(order[i]) ? 1 : 0;
            if (i + 1 < order.length && scores[order[i + 1]] == scores[order[i]]) {
                continue;
            }
            double x = others == 0 ? 0 : (double) (i + 1 - found) / others;
            double recall = positives == 0 ? 0 : (double) found / positives;
            boolean last = i + 1 == order.length;
            if (last
                    || x - lastX >= 1.0 / POINTS
                    || recall - roc.get(roc.size() - 1).y() >= 1.0 / POINTS) {
                roc.add(new Point(x, recall));
                lastX = x;
            }
            if (last || recall - lastRecall >= 1.0 / POINTS) {
                precisionRecall.add(new Point(recall, (double) found / (i + 1)));
                lastRecall = recall;
            }
        }
        return new Curves(roc, precisionRecall, calibration(samples, scores, order));
    }

    /** Groups hold as many positive rows each, because nearly all rows have next to no score. */
    private static List<Point> calibration(Samples samples, double[] scores, int[] order) {
        List<Point> points = new ArrayList<>();
        double step = Math.max(1, samples.positives() / (double) GROUPS);
        double sum = 0;
        int rows = 0;
        int found = 0;
        int done = 0;
        for (int i = 0; i < order.length; i++) {
            sum += scores[order[i]];
            rows++;
            found += samples.positive(order[i]) ? 1 : 0;
            if (done + found >= step * (points.size() + 1) || i + 1 == order.length) {
                points.add(new Point(sum / rows, (double) found / rows));
                done += found;
                sum = 0;
                rows = 0;
                found = 0;
            }
        }
        return points;
    }
}
