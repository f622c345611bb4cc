package dev.millrace.training.recommend.learn;

import dev.millrace.training.recommend.history.Histories;

/** The same for everybody: how many users chose each item. What any other recommender has to beat. */
public final class Popularity implements Recommender {
    private final int[] counts;

    private Popularity(int[] counts) {
        this.counts = counts;
    }

    /** Counts. */
    public static Popularity of(Histories known) {
        return new Popularity(known.counts());
    }

    @Override
    public String text() {
        return "popularity";
    }

    @Override
    public void score(int[] history, float[] scores) {
        for (int item = 0; item < counts.length; item++) {
            scores[item] = counts[item];
        }
    }
}
