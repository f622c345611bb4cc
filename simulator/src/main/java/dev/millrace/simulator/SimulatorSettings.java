package dev.millrace.simulator;

import java.time.LocalDate;

/**
 * What is simulated. The same settings give the same transactions on every machine.
 *
 * @param seed the seed of all that is drawn
 * @param start the first day, in the years 0000 to 9999
 * @param days how many days
 * @param customers how many customers; each makes about 1.9 transactions a day
 * @param terminals how many terminals
 */
public record SimulatorSettings(long seed, LocalDate start, int days, int customers, int terminals) {
    public SimulatorSettings {
        if (days < 1 || customers < 1 || terminals < 1) {
            throw new IllegalArgumentException("expected at least one day, customer and terminal, got " + days + ", "
                    + customers + ", " + terminals);
        }
        if (start.getYear() < 0 || start.plusDays(days).getYear() > 9999) {
            throw new IllegalArgumentException(
                    "expected days in the years 0000 to 9999, got " + days + " from " + start);
        }
    }

    /** The Handbook's own population, from its first day on. */
    public static SimulatorSettings handbook(long seed, int days) {
        return new SimulatorSettings(seed, LocalDate.of(2018, 4, 1), days, 5_000, 10_000);
    }
}
