package dev.millrace.model.training;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** How well scores tell frauds, on rows that were not trained on. */
final class Evaluation {
    private Evaluation() {}

    /** The measures of {@code model.json}, each between 0 and 1 and rounded to 4 digits, higher is better. */
    static Map<String, Double> of(Samples samples, double[] scores, double threshold) {
        int[] order = bestFirst(samples.size(), scores);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("auc_roc", rounded(aucRoc(samples, scores, order)));
        metrics.put("average_precision", rounded(averagePrecision(samples, scores, order)));
        metrics.put("card_precision_at_100", rounded(cardPrecision(samples, scores, 100)));
        int flagged = 0;
        int caught = 0;
        for (int row = 0; row < samples.size(); row++) {
            if (scores[row] >= threshold) {
                flagged++;
                caught += samples.fraud(row) ? 1 : 0;
            }
        }
        metrics.put("precision_at_threshold", rounded(flagged == 0 ? 0 : (double) caught / flagged));
        metrics.put("recall_at_threshold", rounded((double) caught / samples.frauds()));
        return metrics;
    }

    /** The score from which on to call it a fraud so that F1 is best on these samples. */
    static double bestThreshold(Samples samples, double[] scores) {
        int[] order = bestFirst(samples.size(), scores);
        int frauds = samples.frauds();
        int caught = 0;
        double best = 0;
        double threshold = 1;
        for (int i = 0; i < order.length; i++) {
            caught += samples.fraud(order[i]) ? 1 : 0;
            boolean lastOfItsScore = i + 1 == order.length || scores[order[i + 1]] < scores[order[i]];
            double f1 = 2.0 * caught / (i + 1 + frauds);
            if (lastOfItsScore && f1 > best) {
                best = f1;
                threshold = scores[order[i]];
            }
        }
        return threshold;
    }

    /** The probability that a fraud scores higher than another row, where equal scores count a half. */
    private static double aucRoc(Samples samples, double[] scores, int[] order) {
        double pairs = 0;
        long frauds = 0;
        long others = 0;
        for (int i = 0; i < order.length; ) {
            long tiedFrauds = 0;
            long tiedOthers = 0;
            double score = scores[order[i]];
            for (; i < order.length && scores[order[i]] == score; i++) {
                if (samples.fraud(order[i])) {
                    tiedFrauds++;
                } else {
                    tiedOthers++;
                }
            }
            pairs += tiedOthers * (frauds + tiedFrauds / 2.0);
            frauds += tiedFrauds;
            others += tiedOthers;
        }
        return pairs / ((double) frauds * others);
    }

    /** The mean of the precisions at each gain of recall; equal scores are one step. */
    private static double averagePrecision(Samples samples, double[] scores, int[] order) {
        double sum = 0;
        long frauds = 0;
        for (int i = 0; i < order.length; ) {
            long before = frauds;
            double score = scores[order[i]];
            for (; i < order.length && scores[order[i]] == score; i++) {
                frauds += samples.fraud(order[i]) ? 1 : 0;
            }
            sum += (frauds - before) * ((double) frauds / i);
        }
        return sum / frauds;
    }

    /**
     * Of each day's most suspicious customers, by their highest score, the share with a fraud that day; a customer who was
     * found is not looked at again. The mean over the days.
     */
    private static double cardPrecision(Samples samples, double[] scores, int cards) {
        record Card(int customer, double score, boolean fraud) {}
        int[] days = IntStream.range(0, samples.size())
                .map(samples::day)
                .distinct()
                .sorted()
                .toArray();
        Set<Integer> found = new HashSet<>();
        double sum = 0;
        for (int day : days) {
            Map<Integer, Card> byCustomer = new HashMap<>();
            for (int row = 0; row < samples.size(); row++) {
                int customer = samples.customer(row);
                if (samples.day(row) == day && !found.contains(customer)) {
                    byCustomer.merge(
                            customer,
                            new Card(customer, scores[row], samples.fraud(row)),
                            (a, b) -> new Card(customer, Math.max(a.score(), b.score()), a.fraud() || b.fraud()));
                }
            }
            List<Integer> caught = byCustomer.values().stream()
                    .sorted(Comparator.comparingDouble(Card::score).reversed().thenComparingInt(Card::customer))
                    .limit(cards)
                    .filter(Card::fraud)
                    .map(Card::customer)
                    .toList();
            found.addAll(caught);
            sum += (double) caught.size() / cards;
        }
        return sum / days.length;
    }

    private static int[] bestFirst(int size, double[] scores) {
        return IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) -> scores[row]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
