package dev.millrace.training.evaluate;

import dev.millrace.training.sample.Samples;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** How well scores tell positive rows, on rows that nothing was learned from. */
public final class Evaluation {
    /** The area under the ROC curve. */
    public static final String AUC_ROC = "auc_roc";
    /** The mean of the precisions at each gain of recall. */
    public static final String AVERAGE_PRECISION = "average_precision";
    /** Of each day's 100 most suspicious keys, the share that is positive that day. */
    public static final String CARD_PRECISION = "card_precision_at_100";
    /** Of the rows from the threshold on, the share that is positive. */
    public static final String PRECISION = "precision_at_threshold";
    /** Of the positive rows, the share from the threshold on. */
    public static final String RECALL = "recall_at_threshold";
    /** What a row costs on average: what is lost with positives below the threshold, and what each alarm costs. */
    public static final String EXPECTED_COST = "expected_cost";
    /** The mean squared difference of score and label. */
    public static final String BRIER = "brier";

    private static final int CARDS = 100;

    private Evaluation() {}

    /** The measures by name, rounded to 4 digits. */
    public static Map<String, Double> of(Samples samples, double[] scores, Decision decision) {
        int[] order = bestFirst(scores);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(AUC_ROC, rounded(aucRoc(samples, scores, order)));
        metrics.put(AVERAGE_PRECISION, rounded(averagePrecision(samples, scores, order)));
        metrics.put(CARD_PRECISION, rounded(cardPrecision(samples, scores, CARDS)));
        int flagged = 0;
        int caught = 0;
        double squares = 0;
        for (int row = 0; row < samples.size(); row++) {
            double label = samples.positive(row) ? 1 : 0;
            squares += (scores[row] - label) * (scores[row] - label);
            if (scores[row] >= decision.threshold()) {
                flagged++;
                caught += samples.positive(row) ? 1 : 0;
            }
        }
        metrics.put(PRECISION, rounded(flagged == 0 ? 0 : (double) caught / flagged));
        metrics.put(RECALL, rounded((double) caught / samples.positives()));
        metrics.put(EXPECTED_COST, rounded(decision.cost(samples, scores)));
        metrics.put(BRIER, Math.round(squares / samples.size() * 1e6) / 1e6);
        return metrics;
    }

    /** The area under the ROC curve alone. */
    public static double aucRoc(Samples samples, double[] scores) {
        return aucRoc(samples, scores, bestFirst(scores));
    }

    /** The average precision alone. */
    public static double averagePrecision(Samples samples, double[] scores) {
        return averagePrecision(samples, scores, bestFirst(scores));
    }

    /** The probability that a positive row scores higher than another, where equal scores count a half. */
    private static double aucRoc(Samples samples, double[] scores, int[] order) {
        double pairs = 0;
        long positives = 0;
        long others = 0;
        for (int i = 0; i < order.length; ) {
            long tiedPositives = 0;
            long tiedOthers = 0;
            double score = scores[order[i]];
            for (; i < order.length && scores[order[i]] == score; i++) {
                if (samples.positive(order[i])) {
                    tiedPositives++;
                } else {
                    tiedOthers++;
                }
            }
            pairs += tiedOthers * (positives + tiedPositives / 2.0);
            positives += tiedPositives;
            others += tiedOthers;
        }
        return pairs / ((double) positives * others);
    }

    /** Equal scores are one step. */
    private static double averagePrecision(Samples samples, double[] scores, int[] order) {
        double sum = 0;
        long positives = 0;
        for (int i = 0; i < order.length; ) {
            long before = positives;
            double score = scores[order[i]];
            for (; i < order.length && scores[order[i]] == score; i++) {
                positives += samples.positive(order[i]) ? 1 : 0;
            }
            sum += (positives - before) * ((double) positives / i);
        }
        return sum / positives;
    }

    /** The card precision of scores that tell every row: more keys than are positive on a day can not be found. */
    public static double mostCardPrecision(Samples samples) {
        double[] labels = IntStream.range(0, samples.size())
                .mapToDouble(row -> samples.positive(row) ? 1 : 0)
                .toArray();
        return cardPrecision(samples, labels, CARDS);
    }

    /**
     * Of each day's most suspicious keys, by their highest score, the share with a positive row that day; one that was found
     * is not looked at again. The mean over the days.
     */
    static double cardPrecision(Samples samples, double[] scores, int cards) {
        record Card(int key, double score, boolean positive) {}
        int[] days = IntStream.range(0, samples.size())
                .map(samples::day)
                .distinct()
                .sorted()
                .toArray();
        Set<Integer> found = new HashSet<>();
        double sum = 0;
        for (int day : days) {
            Map<Integer, Card> byKey = new HashMap<>();
            for (int row = 0; row < samples.size(); row++) {
                int key = samples.key(row);
                if (samples.day(row) == day && !found.contains(key)) {
                    byKey.merge(
                            key,
                            new Card(key, scores[row], samples.positive(row)),
                            (a, b) -> new Card(key, Math.max(a.score(), b.score()), a.positive() || b.positive()));
                }
            }
            List<Integer> caught = byKey.values().stream()
                    .sorted((a, b) -> a.score() == b.score()
                            ? Integer.compare(a.key(), b.key())
                            : Double.compare(b.score(), a.score()))
                    .limit(cards)
                    .filter(Card::positive)
                    .map(Card::key)
                    .toList();
            found.addAll(caught);
            sum += (double) caught.size() / cards;
        }
        return sum / days.length;
    }

    /** The rows' numbers, by falling score; equal ones in their order. */
    static int[] bestFirst(double[] scores) {
        // By the scores' bits beside the rows' numbers: boxes would cost more than all the rest.
        long[] ranked = new long[scores.length];
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        for (int row = 0; row < scores.length; row++) {
            long above = sorted.length - 1L - lastAtMost(sorted, scores[row]);
            ranked[row] = above << Integer.SIZE | row;
        }
        Arrays.sort(ranked);
        return Arrays.stream(ranked).mapToInt(rank -> (int) rank).toArray();
    }

    private static int lastAtMost(double[] sorted, double score) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
