package dev.millrace.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One customer: where they live, what they spend, how often, and which terminals are near enough to be used.
 *
 * @param id the customer's number
 * @param meanAmount the mean of their amounts
 * @param dailyRate their mean transactions a day
 * @param terminals the terminals within reach
 */
record Customer(int id, double meanAmount, double dailyRate, int[] terminals) {
    private static final double GRID = 100;
    private static final double RADIUS = 5;

    /** Draws customers and terminals on the grid and finds out who reaches what. */
    static List<Customer> draw(SimulatorSettings settings, SplittableRandom random) {
        double[][] places = new double[settings.terminals()][];
        for (int i = 0; i < places.length; i++) {
            places[i] = new double[] {random.nextDouble() * GRID, random.nextDouble() * GRID};
        }
        // A smaller population on the same grid reaches fewer terminals; a wider radius keeps the number of them.
        double radius = RADIUS * Math.sqrt(10_000.0 / settings.terminals());
        List<Customer> customers = new ArrayList<>(settings.customers());
        for (int id = 0; id < settings.customers(); id++) {
            double x = random.nextDouble() * GRID;
            double y = random.nextDouble() * GRID;
            double mean = 5 + random.nextDouble() * 95;
            double rate = random.nextDouble() * 4;
            customers.add(new Customer(id, mean, rate, within(places, x, y, radius)));
        }
        return customers;
    }

    private static int[] within(double[][] places, double x, double y, double radius) {
        int[] near = new int[places.length];
        int count = 0;
        for (int i = 0; i < places.length; i++) {
            if (Math.hypot(places[i][0] - x, places[i][1] - y) < radius) {
                near[count++] = i;
            }
        }
        return java.util.Arrays.copyOf(near, count);
    }
}
