package dev.millrace.simulator;

import java.util.Arrays;

/** Where the terminals stand on the grid. Immutable. */
final class Terminals {
    /** The side of the square that customers and terminals are spread over. */
    static final double GRID = 100;

    private static final double RADIUS = 5;
    private static final double HANDBOOK_TERMINALS = 10_000;

    private final double[] x;
    private final double[] y;
    private final double reach;

    Terminals(int count, Chance chance) {
        x = new double[count];
        y = new double[count];
        for (int i = 0; i < count; i++) {
            x[i] = chance.uniform(0, GRID);
            y[i] = chance.uniform(0, GRID);
        }
        // Fewer terminals on the same grid: a wider radius leaves a customer about as many of them (79).
        reach = RADIUS * StrictMath.sqrt(HANDBOOK_TERMINALS / count);
    }

    /** The numbers of the terminals that somebody at that place uses. */
    int[] near(double placeX, double placeY) {
        int[] near = new int[x.length];
        int count = 0;
        for (int i = 0; i < x.length; i++) {
            double dx = x[i] - placeX;
            double dy = y[i] - placeY;
            if (dx * dx + dy * dy < reach * reach) {
                near[count++] = i;
            }
        }
        return Arrays.copyOf(near, count);
    }
}
