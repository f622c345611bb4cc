package dev.millrace.training.recommend.learn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Several recommenders' scores, each brought to mean 0 and deviation 1 over the items that were ever chosen, and weighed. */
public final class Blend implements Recommender {
    private final List<Recommender> parts;
    private final double[] weights;
    private final boolean[] chosen;

    /**
     * A blend.
     *
     * @param weights one a part
     * @param chosen whether each item was ever chosen
     */
    public Blend(List<Recommender> parts, double[] weights, boolean[] chosen) {
        this.parts = List.copyOf(parts);
        this.weights = weights.clone();
        this.chosen = chosen.clone();
    }

    @Override
    public String text() {
        return IntStream.range(0, parts.size())
                .filter(part -> weights[part] > 0)
                .mapToObj(part -> String.format(
                        Locale.ROOT,
                        "%.2f × (%s)",
                        weights[part],
                        parts.get(part).text()))
                .collect(Collectors.joining(" + ", "blend ", ""));
    }

    @Override
    public void score(int[] history, float[] scores) {
        Arrays.fill(scores, 0);
        float[] own = new float[scores.length];
        for (int part = 0; part < weights.length; part++) {
            if (weights[part] > 0) {
                parts.get(part).score(history, own);
                normalize(own, chosen);
                for (int item = 0; item < scores.length; item++) {
                    scores[item] += (float) weights[part] * own[item];
                }
            }
        }
    }

    /** Brings scores to mean 0 and deviation 1 over the chosen items. */
    public static void normalize(float[] scores, boolean[] chosen) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int item = 0; item < scores.length; item++) {
            if (chosen[item]) {
                sum += scores[item];
                squares += (double) scores[item] * scores[item];
                count++;
            }
        }
        double mean = sum / Math.max(1, count);
        double variance = squares / Math.max(1, count) - mean * mean;
        double scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
        for (int item = 0; item < scores.length; item++) {
            scores[item] = (float) ((scores[item] - mean) * scale);
        }
    }
}
