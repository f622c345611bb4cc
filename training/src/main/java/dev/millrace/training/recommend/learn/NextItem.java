package dev.millrace.training.recommend.learn;

import dev.millrace.training.recommend.history.Histories;
import java.util.Arrays;
import java.util.Locale;

/**
 * What comes next, by a ridge regression in closed form: at each point of each history, the items after it (the nearest weigh
 * most) are explained by the items before it (the latest weigh most). The idea of SLIT (Choi et al., Session-aware Linear
 * Item-Item Models for Session-based Recommendation, WWW 2021). It sees the order that EASE does not.
 */
public final class NextItem implements Recommender {
    /** The most items it is learned for; doubles, and a matrix more than EASE. */
    public static final int MOST_ITEMS = SymmetricSystem.DOUBLES;

    private static final double NEGLIGIBLE = 0.02;

    private final ItemWeights weights;
    private final Settings settings;

    /**
     * How it is learned.
     *
     * @param memory what an item of the past weighs relative to the one after it
     * @param ahead what an item of the future weighs relative to the one before it
     * @param regularization the ridge
     */
    public record Settings(double memory, double ahead, double regularization) {
        private float[] past() {
            return powers(memory);
        }

        private float[] future() {
            return powers(ahead);
        }

        private static float[] powers(double factor) {
            int length = 1 + (int) Math.ceil(Math.log(NEGLIGIBLE) / Math.log(factor));
            float[] powers = new float[length];
            for (int i = 0; i < length; i++) {
                powers[i] = (float) Math.pow(factor, i);
            }
            return powers;
        }
    }

    private NextItem(ItemWeights weights, Settings settings) {
        this.weights = weights;
        this.settings = settings;
    }

    /** Learns. */
    public static NextItem learn(Histories known, Settings settings) {
        ItemWeights past = new ItemWeights(known.items());
        ItemWeights following = new ItemWeights(known.items());
        float[] back = settings.past();
        float[] ahead = settings.future();
        for (int user = 0; user < known.users(); user++) {
            int[] items = known.of(user);
            for (int now = 0; now + 1 < items.length; now++) {
                int first = Math.max(0, now + 1 - back.length);
                int last = Math.min(items.length - 1, now + ahead.length);
                for (int i = first; i <= now; i++) {
                    float weight = back[now - i];
                    for (int j = first; j <= i; j++) {
                        past.add(Math.min(items[i], items[j]), Math.max(items[i], items[j]), weight * back[now - j]);
                    }
                    for (int j = now + 1; j <= last; j++) {
                        following.add(items[i], items[j], weight * ahead[j - now - 1]);
                    }
                }
            }
        }
        return new NextItem(SymmetricSystem.solve(past, settings.regularization(), following), settings);
    }

    /** How it was learned. */
    public Settings settings() {
        return settings;
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                "next memory %.2f, ahead %.2f, λ %.0f",
                settings.memory(),
                settings.ahead(),
                settings.regularization());
    }

    @Override
    public void score(int[] history, float[] scores) {
        Arrays.fill(scores, 0);
        float[] back = settings.past();
        for (int i = Math.max(0, history.length - back.length); i < history.length; i++) {
            weights.addRow(history[i], back[history.length - 1 - i], scores);
        }
    }
}
