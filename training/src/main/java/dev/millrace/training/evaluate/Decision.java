package dev.millrace.training.evaluate;

import dev.millrace.training.sample.Samples;

/**
 * What is done with a score.
 *
 * @param threshold the least score that raises an alarm
 * @param alarmCost what looking at one costs, in the unit of the stakes
 */
public record Decision(double threshold, double alarmCost) {
    /** The threshold that costs least on these samples. */
    public static Decision cheapest(Samples samples, double[] scores, double alarmCost) {
        int[] order = Evaluation.bestFirst(scores);
        double lost = 0;
        for (int row = 0; row < samples.size(); row++) {
            lost += samples.positive(row) ? samples.stake(row) : 0;
        }
        double best = lost;
        double threshold = 1;
        double cost = lost;
        for (int i = 0; i < order.length; i++) {
            cost += alarmCost - (samples.positive(order[i]) ? samples.stake(order[i]) : 0);
            boolean lastOfItsScore = i + 1 == order.length || scores[order[i + 1]] < scores[order[i]];
            if (lastOfItsScore && cost < best) {
                best = cost;
                threshold = scores[order[i]];
            }
        }
        return new Decision(threshold, alarmCost);
    }

    /** What a row costs on average. */
    public double cost(Samples samples, double[] scores) {
        double cost = 0;
        for (int row = 0; row < samples.size(); row++) {
            if (scores[row] >= threshold) {
                cost += alarmCost;
            } else if (samples.positive(row)) {
                cost += samples.stake(row);
            }
        }
        return cost / samples.size();
    }
}
