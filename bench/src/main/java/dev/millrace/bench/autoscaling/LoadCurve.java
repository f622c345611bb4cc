package dev.millrace.bench.autoscaling;

import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * How much comes when, in units of what one replica carries.
 *
 * @param name for the table
 * @param seconds how long it is
 * @param at the load at a second
 */
record LoadCurve(String name, int seconds, IntToDoubleFunction at) {
    private static final int HOUR = 3600;

    /** A day of card payments: a normal curve about noon, as the simulator has it, above what comes at any hour. */
    static LoadCurve day() {
        return new LoadCurve("a day", 24 * HOUR, second -> {
            double fromNoon = (second - 12 * HOUR) / 20_000.0;
            return 0.1 + 2.4 * Math.exp(-fromNoon * fromNoon / 2);
        });
    }

    static LoadCurve step() {
        return new LoadCurve("a step, 0.4 to 2.5", 2 * HOUR, second -> second < HOUR / 2 ? 0.4 : 2.5);
    }

    static LoadCurve spike() {
        return new LoadCurve("a spike, 3.5 for 3 min", 2 * HOUR, second -> {
            int since = second - HOUR / 2;
            return since >= 0 && since < 180 ? 3.5 : 0.4;
        });
    }

    /** Up and down every five minutes: what follows it at once is always late. */
    static LoadCurve flapping() {
        return new LoadCurve("0.4 and 1.6, 5 min each", 4 * HOUR, second -> second / 300 % 2 == 0 ? 0.4 : 1.6);
    }

    /** More than all replicas carry. */
    static LoadCurve flood() {
        return new LoadCurve("a flood, 8 for 10 min", 2 * HOUR, second -> {
            int since = second - HOUR / 2;
            return since >= 0 && since < 600 ? 8 : 0.4;
        });
    }

    /** Those that the most replicas can carry. */
    static List<LoadCurve> bearable() {
        return List.of(day(), step(), spike(), flapping());
    }
}
