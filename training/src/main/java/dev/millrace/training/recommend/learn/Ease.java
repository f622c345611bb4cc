package dev.millrace.training.recommend.learn;

import dev.millrace.training.recommend.history.Histories;
import java.util.Arrays;
import java.util.Locale;

/**
 * EASE (Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019): each item's score is a weighted sum of what a
 * user chose, by item-item weights that come in closed form from the inverse of the regularized Gram matrix. Later items of a
 * history may weigh more than earlier ones when it is asked; the weights are learned as published.
 */
public final class Ease implements Recommender {
    private static final int MOST_ITEMS = 20_000;
    /** Bytes for each two items while settings are chosen: two Gram matrices or weights in floats, and two of doubles. */
    private static final double IN_DOUBLES = 32;

    private static final double IN_FLOATS = 20;

    private final ItemWeights weights;
    private final double regularization;
    private final Fading fading;

    private Ease(ItemWeights weights, double regularization, Fading fading) {
        this.weights = weights;
        this.regularization = regularization;
        this.fading = fading;
    }

    /**
     * How often each two items were chosen by the same user, each choice as often as it counts for; to be used for several
     * regularizations.
     */
    public static ItemWeights gram(Histories known) {
        ItemWeights gram = new ItemWeights(known.items());
        for (int user = 0; user < known.users(); user++) {
            int[] items = known.of(user);
            float[] roots = roots(items, known.weights(user));
            Arrays.sort(items);
            for (int i = 0; i < items.length; i++) {
                for (int j = i; j < items.length; j++) {
                    gram.add(items[i], items[j], roots[i] * roots[j]);
                }
            }
        }
        return gram;
    }

    /** The roots of what the items count for, in the order of the items' numbers: two that count for 4 are chosen together 4 times. */
    private static float[] roots(int[] items, float[] counts) {
        long[] both = new long[items.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = (long) items[i] << Integer.SIZE | Float.floatToIntBits(counts[i]);
        }
        Arrays.sort(both);
        float[] roots = new float[both.length];
        for (int i = 0; i < roots.length; i++) {
            roots[i] = (float) Math.sqrt(Float.intBitsToFloat((int) both[i]));
        }
        return roots;
    }

    /**
     * Learns.
     *
     * @param gram of {@link #gram}; it may be used up where there are too many items for doubles
     */
    public static Ease learn(ItemWeights gram, double regularization) {
        return new Ease(SymmetricSystem.ease(gram, regularization), regularization, Fading.NONE);
    }

    /** For how many items the heap of this process is large enough; never more than {@value #MOST_ITEMS}. */
    public static int mostItems() {
        long heap = Runtime.getRuntime().maxMemory();
        double inDoubles = Math.sqrt(heap / IN_DOUBLES);
        double inFloats = Math.sqrt(heap / IN_FLOATS);
        return (int) Math.min(
                MOST_ITEMS,
                inDoubles <= SymmetricSystem.DOUBLES ? inDoubles : Math.max(inFloats, SymmetricSystem.DOUBLES));
    }

    /** Whether the Gram matrix can be used again after learning from it. */
    public static boolean keepsGram(int items) {
        return items <= SymmetricSystem.DOUBLES;
    }

    /** The same weights, asked with other weights of the history. */
    public Ease with(Fading other) {
        return new Ease(weights, regularization, other);
    }

    /** With so many weights of each item at most, those of the greatest size; the others are 0. */
    public Ease with(int most) {
        return most >= weights.items() ? this : new Ease(weights.greatest(most), regularization, fading);
    }

    /** The settings that it was learned with. */
    public double regularization() {
        return regularization;
    }

    /** How a history fades. */
    public Fading fading() {
        return fading;
    }

    /** Its weights. */
    public ItemWeights weights() {
        return weights;
    }

    @Override
    public String text() {
        return String.format(Locale.ROOT, "ease λ %.0f, %s", regularization, fading.text());
    }

    @Override
    public void score(int[] history, float[] scores) {
        score(history, fading.weights(history.length), scores);
    }

    /** Scores with a weight for each item of the history. */
    public void score(int[] history, float[] each, float[] scores) {
        Arrays.fill(scores, 0);
        for (int i = 0; i < history.length; i++) {
            weights.addRow(history[i], each[i], scores);
        }
    }
}
