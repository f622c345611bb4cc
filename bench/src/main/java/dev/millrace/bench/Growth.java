package dev.millrace.bench;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Watches a number grow. The clock starts where it is first seen beyond the warm-up. */
final class Growth {
    /** A look is a scrape of all of the service's metrics: more often, and it would take a share of what it measures. */
    private static final long LOOK_EVERY_MILLIS = 200;

    private static final long STANDSTILL_SECONDS = 120;

    private final LongSupplier number;
    private final Optional<DoubleSupplier> processorSeconds;
    private final long start;

    private Growth(LongSupplier number, Optional<DoubleSupplier> processorSeconds) {
        this.number = number;
        this.processorSeconds = processorSeconds;
        this.start = number.getAsLong();
    }

    /** Watches from now on. */
    static Growth of(LongSupplier number) {
        return new Growth(number, Optional.empty());
    }

    /** Watches from now on, and what processor time it takes. */
    static Growth of(LongSupplier number, DoubleSupplier processorSeconds) {
        return new Growth(number, Optional.of(processorSeconds));
    }

    /**
     * Waits until the number has grown by both, and measures the second part.
     *
     * @param warmUp growth that is waited for and not measured
     * @param measured growth that is measured
     * @throws IllegalStateException if it stands still
     */
    Rate await(String what, long warmUp, long measured) throws InterruptedException {
        long end = start + warmUp + measured;
        long first = 0;
        long firstAt = 0;
        double spentBefore = 0;
        long last = start;
        long lastAt = System.nanoTime();
        while (last < end) {
            long now = number.getAsLong();
            if (now > last) {
                lastAt = System.nanoTime();
                last = now;
                if (firstAt == 0 && now > start + warmUp) {
                    firstAt = lastAt;
                    first = now;
                    spentBefore = spent();
                }
            } else if (System.nanoTime() - lastAt > TimeUnit.SECONDS.toNanos(STANDSTILL_SECONDS)) {
                throw new IllegalStateException(what + ": " + (last - start) + " of " + (end - start)
                        + " are through and for " + STANDSTILL_SECONDS + " s no more came");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        double spent = spent() - spentBefore;
        return new Rate(
                last - first,
                (lastAt - firstAt) / 1e9,
                processorSeconds.isPresent() ? OptionalDouble.of(spent) : OptionalDouble.empty());
    }

    private double spent() {
        return processorSeconds.map(DoubleSupplier::getAsDouble).orElse(0.0);
    }
}
