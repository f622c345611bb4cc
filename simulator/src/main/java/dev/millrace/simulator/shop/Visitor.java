package dev.millrace.simulator.shop;

import dev.millrace.simulator.Chance;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A user: some favourite genres that change with time, a place in each, and what was seen. Confined to one thread.
 */
final class Visitor {
    private static final int FAVOURITES = 4;
    private static final double CHANGED_A_DAY = 0.01;

    private final Chance chance;
    private final int genres;
    private final int[] favourites = new int[FAVOURITES];
    private final double[][] places = new double[FAVOURITES][];
    private final BitSet seen = new BitSet();
    private final double activity;
    private int last;

    Visitor(Chance chance, int genres) {
        this.chance = chance;
        this.genres = genres;
        this.activity = chance.uniform(0.4, 1.6);
        for (int favourite = 0; favourite < FAVOURITES; favourite++) {
            turnTo(favourite);
        }
    }

    private void turnTo(int favourite) {
        favourites[favourite] = chance.below(genres);
        places[favourite] = new double[] {chance.uniform(0, 1), chance.uniform(0, 1)};
    }

    /** All that this user draws. */
    Chance chance() {
        return chance;
    }

    /** How much more often than others the user comes. */
    double activity() {
        return activity;
    }

    /** Lets tastes change. */
    void passDay() {
        if (chance.happens(CHANGED_A_DAY)) {
            turnTo(chance.below(FAVOURITES));
        }
    }

    /** Which favourite a visit is about: half of the time the last one, else the first ones rather, each in its season. */
    int choose(double[] seasons) {
        if (chance.happens(0.5)) {
            return last;
        }
        double[] weights = new double[FAVOURITES];
        for (int favourite = 0; favourite < FAVOURITES; favourite++) {
            weights[favourite] = seasons[favourites[favourite]] / (1 + favourite);
        }
        last = drawn(weights);
        return last;
    }

    /** The genre of a favourite. */
    int genre(int favourite) {
        return favourites[favourite];
    }

    /** Where in its genre the user's taste is. */
    double[] place(int favourite) {
        return places[favourite];
    }

    /** Moves the taste a little towards what was viewed. */
    void movesTowards(int favourite, double[] place) {
        for (int axis = 0; axis < 2; axis++) {
            places[favourite][axis] += 0.2 * (place[axis] - places[favourite][axis]);
        }
    }

    /** Whether an item was viewed before. */
    boolean saw(int item) {
        return seen.get(item);
    }

    /** Remembers that an item was viewed. */
    void sees(int item) {
        seen.set(item);
    }

    /** An index, drawn by the weights. */
    int drawn(double[] weights) {
        double left = chance.uniform(0, Arrays.stream(weights).sum());
        int index = 0;
        while (index < weights.length - 1 && left >= weights[index]) {
            left -= weights[index++];
        }
        return index;
    }
}
