package dev.millrace.training.recommend.search;

import dev.millrace.training.recommend.evaluate.Examiner;
import dev.millrace.training.recommend.learn.Recommender;
import java.util.ArrayList;
import java.util.List;

/** Finds how much each of some recommenders should weigh, in fifths. */
final class BlendWeights {
    private static final int STEPS = 5;

    private final Examiner examiner;
    private final List<Recommender> parts;

    BlendWeights(Examiner examiner, List<Recommender> parts) {
        this.examiner = examiner;
        this.parts = parts;
    }

    /** The best weights, one a part; they add up to 1. */
    double[] best() {
        List<double[]> tried = new ArrayList<>();
        fill(new double[parts.size()], 0, STEPS, tried);
        double[] criteria = examiner.criteria(parts, tried);
        int best = 0;
        for (int i = 1; i < criteria.length; i++) {
            best = criteria[i] > criteria[best] ? i : best;
        }
        return tried.get(best);
    }

    private static void fill(double[] weights, int part, int left, List<double[]> all) {
        if (part == weights.length - 1) {
            weights[part] = (double) left / STEPS;
            all.add(weights.clone());
            return;
        }
        for (int steps = 0; steps <= left; steps++) {
            weights[part] = (double) steps / STEPS;
            fill(weights, part + 1, left - steps, all);
        }
    }
}
