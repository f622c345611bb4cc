package dev.millrace.simulator;

import java.time.LocalDate;

/**
 * What is simulated. The same settings give the same transactions on every machine.
 *
 * @param seed the seed of all that is drawn
 * @param start the first day
 * @param days how many days
 * @param customers how many customers
 * @param terminals how many terminals
 */
public record SimulatorSettings(long seed, LocalDate start, int days, int customers, int terminals) {
    /** The Handbook's own population, from its first day on. */
    public static SimulatorSettings handbook(long seed, int days) {
        return new SimulatorSettings(seed, LocalDate.of(2018, 4, 1), days, 5_000, 10_000);
    }

    public SimulatorSettings {
        if (days < 1 || customers < 1 || terminals < 1) {
            throw new IllegalArgumentException("expected at least one day, customer and terminal, got " + days + ", "
                    + customers + ", " + terminals);
        }
    }
}
