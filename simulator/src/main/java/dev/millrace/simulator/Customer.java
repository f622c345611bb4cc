package dev.millrace.simulator;

import java.util.List;

/** One customer: what they spend, how often, when, and where. Draws of its own chance; confined to one thread. */
final class Customer {
    private static final int SECONDS_A_DAY = 86_400;
    private static final double NOON = SECONDS_A_DAY / 2.0;
    private static final double TIME_SPREAD = 20_000;

    private final int id;
    private final Chance chance;
    private final int[] terminals;
    private final double meanAmount;
    private final double dailyRate;

    Customer(int id, Terminals terminals, Chance chance) {
        this.id = id;
        this.chance = chance;
        this.terminals = terminals.near(chance.uniform(0, Terminals.GRID), chance.uniform(0, Terminals.GRID));
        this.meanAmount = chance.uniform(5, 100);
        this.dailyRate = chance.uniform(0, 4);
    }

    /**
     * What a customer bought, before anyone knows whether it was really them.
     *
     * @param second the second of the day
     * @param cents the amount
     */
    record Purchase(int second, int customer, int terminal, long cents) {}

    /** Adds what the customer buys on one day, in no order. */
    void shop(List<Purchase> purchases) {
        int count = chance.poisson(dailyRate);
        for (int i = 0; i < count; i++) {
            int second = (int) chance.normal(NOON, TIME_SPREAD);
            boolean today = second > 0 && second < SECONDS_A_DAY;
            if (today && terminals.length > 0) {
                long cents = StrictMath.round(amount() * 100);
                purchases.add(new Purchase(second, id, terminals[chance.below(terminals.length)], cents));
            }
        }
    }

    private double amount() {
        double drawn = chance.normal(meanAmount, meanAmount / 2);
        return drawn < 0 ? chance.uniform(0, 2 * meanAmount) : drawn;
    }
}
