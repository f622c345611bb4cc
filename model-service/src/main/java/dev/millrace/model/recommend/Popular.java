package dev.millrace.model.recommend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** How popular each of a version's items is, and their order by it. Immutable and thread-safe. */
public final class Popular {
    private final double[] scores;
    private final int[] order;

    private Popular(double[] scores, int[] order) {
        this.scores = scores;
        this.order = order;
    }

    /** By how many users chose each lately; of as many, by how many ever did. */
    static Popular of(int[] lately, int[] ever) {
        int[] order = IntStream.range(0, lately.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(item -> -lately[item])
                        .thenComparingInt(item -> -ever[item])
                        .thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Popular(Arrays.stream(lately).asDoubleStream().toArray(), order);
    }

    /** By other scores; of the same ones, and of those that are not above 0, in the order of this one. */
    public Popular by(IntToDoubleFunction score) {
        double[] others = new double[scores.length];
        Arrays.setAll(others, item -> Math.max(0, score.applyAsDouble(item)));
        int[] sorted = Arrays.stream(order)
                .boxed()
                .sorted(Comparator.comparingDouble(item -> -others[item]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Popular(others, sorted);
    }

    /** How popular an item is. */
    double score(int item) {
        return scores[item];
    }

    /** Whether any item is more popular than nothing. */
    public boolean isKnown() {
        return order.length > 0 && scores[order[0]] > 0;
    }

    /**
     * The most popular items.
     *
     * @param left items that are left out
     */
    public List<Ranked> best(int[] left, int k, Mask allowed) {
        List<Ranked> ranked = new ArrayList<>();
        int most = Math.min(k, allowed.size());
        for (int place = 0; place < order.length && ranked.size() < most; place++) {
            int item = order[place];
            if (allowed.allows(item) && Arrays.stream(left).noneMatch(other -> other == item)) {
                ranked.add(Ranked.popular(item, scores[item]));
            }
        }
        return ranked;
    }
}
