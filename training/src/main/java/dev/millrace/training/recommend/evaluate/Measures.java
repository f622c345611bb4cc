package dev.millrace.training.recommend.evaluate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How well recommendations foresee what was held back. All are means over the questions, but for the coverage.
 *
 * @param questions how many users were asked about
 * @param hitRate10 sampled: how often the item is among the first 10 of it and 100 others; NaN where several are held back
 * @param ndcg10 sampled: 1 / log2(1 + rank) of it if it is among the first 10, else 0; NaN where several are held back
 * @param recall20 full ranking: held-back items among the first 20, of as many as could be there
 * @param ndcg100 full ranking: the discounted gain of the first 100, relative to the best that could be
 * @param coverage which share of the known items is among anybody's first 20
 * @param novelty of the first 20: −log2 of the share of users who chose the item, in bits
 */
public record Measures(
        int questions,
        double hitRate10,
        double ndcg10,
        double recall20,
        double ndcg100,
        double coverage,
        double novelty) {
    /** Those of the full ranking, by the names that gates call them. */
    public Map<String, Double> named() {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("recall_at_20", recall20);
        named.put("ndcg_at_100", ndcg100);
        named.put("coverage", coverage);
        named.put("novelty", novelty);
        return named;
    }

    /** In one line. */
    public String text() {
        String full = String.format(
                Locale.ROOT,
                "Recall@20 %.4f, NDCG@100 %.4f, coverage %.3f, novelty %.2f",
                recall20,
                ndcg100,
                coverage,
                novelty);
        return Double.isNaN(hitRate10)
                ? full
                : String.format(Locale.ROOT, "HR@10 %.4f, NDCG@10 %.4f, %s", hitRate10, ndcg10, full);
    }
}
