package dev.millrace.bench.serving;

import java.util.Arrays;

/**
 * Tells from rounds of load for how long JVMs are to be warmed up: until none of what is measured gets faster any more, which
 * with two cores takes minutes, or until there were too many rounds.
 */
final class WarmUp {
    private static final int MOST = 16;
    /** So many rounds in a row without a rise are no chance. */
    private static final int STEADY = 2;

    private static final double RISE = 1.03;

    private final double[] best;
    private int rounds;
    private int steady;

    /** Of so many that are measured. */
    WarmUp(int measured) {
        this.best = new double[measured];
    }

    /** Whether another round is due. */
    boolean goesOn() {
        return steady < STEADY && rounds < MOST;
    }

    /** A round in which each had that many requests a second. */
    void round(double... perSecond) {
        boolean rises = false;
        for (int i = 0; i < best.length; i++) {
            rises |= perSecond[i] > best[i] * RISE;
            best[i] = Math.max(best[i], perSecond[i]);
        }
        rounds++;
        steady = rises ? 0 : steady + 1;
    }

    /** What came of it, for the page. */
    Warmed warmed() {
        return new Warmed(rounds, steady >= STEADY);
    }

    @Override
    public String toString() {
        return "warm-up " + rounds + ": " + Arrays.toString(best);
    }
}
