package dev.millrace.simulator;

import java.util.SplittableRandom;

/**
 * Draws from the distributions that the simulation needs. Only {@link SplittableRandom}'s integers and
 * {@link StrictMath} are used, because the JDK may change how {@code nextGaussian} draws and {@link Math} may differ in
 * the last bit between machines. Confined to one thread.
 */
public final class Chance {
    private final SplittableRandom random;
    private double spare;
    private boolean hasSpare;

    public Chance(SplittableRandom random) {
        this.random = random;
    }

    /** Chance that goes its own way from here on: how much it draws changes nothing for the others. */
    public Chance split() {
        return new Chance(random.split());
    }

    /** A number from {@code low} up to and without {@code high}. */
    public double uniform(double low, double high) {
        return low + (high - low) * fraction();
    }

    /** A whole number from 0 up to and without {@code bound}. */
    public int below(int bound) {
        return (int) (fraction() * bound);
    }

    /** Whether something happens that happens with that probability. */
    public boolean happens(double probability) {
        return fraction() < probability;
    }

    /** Marsaglia's polar method (SIAM Review 6, 1964); every other call costs nothing. */
    public double normal(double mean, double deviation) {
        if (hasSpare) {
            hasSpare = false;
            return mean + deviation * spare;
        }
        double x;
        double y;
        double square;
        do {
            x = uniform(-1, 1);
            y = uniform(-1, 1);
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
        spare = y * scale;
        hasSpare = true;
        return mean + deviation * x * scale;
    }

    /** Knuth's method (The Art of Computer Programming, volume 2, section 3.4.1): good for small means. */
    public int poisson(double mean) {
        double limit = StrictMath.exp(-mean);
        double product = fraction();
        int count = 0;
        while (product > limit) {
            product *= fraction();
            count++;
        }
        return count;
    }

    /** From 0 up to and without 1, in steps of 2<sup>-53</sup>. */
    private double fraction() {
        return (random.nextLong() >>> 11) * 0x1.0p-53;
    }
}
