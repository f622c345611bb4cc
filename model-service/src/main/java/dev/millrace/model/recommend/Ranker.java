package dev.millrace.model.recommend;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.Runner;
import java.util.List;

/** Ranks a version's items by a history. Thread-safe. */
interface Ranker {
    /**
     * The best items, the best first; of equal ones the one of the lower number.
     *
     * @param history the numbers of what was chosen; at least one
     * @param weights what each of them weighs
     * @param k how many at most; not more than there are items
     * @throws OrtException if a graph fails on it
     * @throws dev.millrace.model.inference.LateException if a deadline passed
     */
    List<Ranked> rank(int[] history, float[] weights, int k, boolean excludeSeen, Mask allowed, Runner runner)
            throws OrtException;
}
