package dev.millrace.model.predict;

import dev.millrace.model.registry.Model;
import dev.millrace.model.traffic.Route;
import dev.millrace.model.traffic.Split;
import java.time.Duration;
import java.util.Optional;

/**
 * How long the versions that answer for a pipeline take for an input, the latest answers counting most. It is not known before
 * some were made, the first of which load classes and are interpreted. Thread-safe.
 */
final class Pace {
    private static final int FIRST = 100;
    private static final double SHARE_OF_THE_LATEST = 1 / 64.0;
    /** What nobody notices who waits behind it. */
    private static final double QUICK_NANOS = Duration.ofMillis(1).toNanos();

    private final Optional<Model> main;
    private final Optional<Model> canary;
    private int seen;
    private double nanosPerInput;

    /** A pace that is not known yet. */
    Pace(Split split) {
        this.main = split.main();
        this.canary = split.model(Route.CANARY);
    }

    /** Whether it is of those versions. */
    boolean isOf(Split split) {
        return main.equals(split.main()) && canary.equals(split.model(Route.CANARY));
    }

    /** An answer to so many inputs took so long. */
    synchronized void took(long nanos, int inputs) {
        double each = (double) nanos / inputs;
        nanosPerInput = seen == 0 ? each : nanosPerInput + (each - nanosPerInput) * SHARE_OF_THE_LATEST;
        seen = Math.min(seen + 1, FIRST);
    }

    /** Whether an answer to so many inputs is made so soon that it may be made where others wait behind it. */
    synchronized boolean isQuick(int inputs) {
        return seen >= FIRST && nanosPerInput * inputs <= QUICK_NANOS;
    }
}
