package dev.millrace.training.recommend.learn;

/** Scores items by what a user chose. Immutable; many threads may ask. */
public interface Recommender {
    /** Its kind and settings, in one line. */
    String text();

    /**
     * Scores all items; only their order matters. It need not leave out those of the history.
     *
     * @param history what a user chose, the latest last; it may be empty
     * @param scores takes a score an item, in place of what it holds
     */
    void score(int[] history, float[] scores);
}
