package dev.millrace.training.recommend.learn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The best items for a history; for an empty one what is popular, and it says so. Immutable.
 *
 * @param personal for those who chose something
 * @param popular for those who did not
 * @param items how many items there are
 */
public record Shortlist(Recommender personal, Recommender popular, int items) {
    /**
     * A list.
     *
     * @param chosen the items, the best first
     * @param cold whether nothing is known of the user, so that it is the same for all
     */
    public record Answer(List<Integer> chosen, boolean cold) {}

    /** At most k items that are not in the history and may be listed. */
    public Answer of(int[] history, int k, IntPredicate allowed) {
        boolean cold = history.length == 0;
        float[] scores = new float[items];
        (cold ? popular : personal).score(history, scores);
        for (int item : history) {
            scores[item] = Float.NEGATIVE_INFINITY;
        }
        List<Integer> ranked = new ArrayList<>(IntStream.range(0, items)
                .filter(item -> scores[item] != Float.NEGATIVE_INFINITY && allowed.test(item))
                .boxed()
                .toList());
        ranked.sort(
                Comparator.<Integer>comparingDouble(item -> -scores[item]).thenComparing(Comparator.naturalOrder()));
        return new Answer(List.copyOf(ranked.subList(0, Math.min(k, ranked.size()))), cold);
    }
}
