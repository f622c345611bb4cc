package dev.millrace.simulator.shop;

import java.time.LocalDate;

/**
 * What is simulated. The same settings give the same interactions on every machine.
 *
 * @param seed the seed of all that is drawn
 * @param start the first day, in the years 0000 to 9999
 * @param days how many days
 * @param users how many users
 * @param items how many items; a quarter of them come during these days
 * @param visits how often a user comes in a day, on average; at each visit some 5 items are viewed
 */
public record ShopSettings(long seed, LocalDate start, int days, int users, int items, double visits) {
    public ShopSettings {
        if (days < 1 || users < 1 || items < 1 || !(visits > 0)) {
            throw new IllegalArgumentException("expected at least one day, user and item, and visits, got " + days
                    + ", " + users + ", " + items + ", " + visits);
        }
    }
}
