package dev.millrace.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Watches a number grow: from the first growth that is seen to the end. The first sight is where the clock starts. */
final class Growth {
    private static final long LOOK_EVERY_MILLIS = 50;
    private static final long STANDSTILL_SECONDS = 120;

    private final LongSupplier number;
    private final long start;

    private Growth(LongSupplier number) {
        this.number = number;
        this.start = number.getAsLong();
    }

    /** Watches from now on. */
    static Growth of(LongSupplier number) {
        return new Growth(number);
    }

    /**
     * Waits until the number has grown by that much.
     *
     * @throws IllegalStateException if it stands still
     */
    Rate awaitGrowth(String what, long by) throws InterruptedException {
        long firstSeen = start;
        long firstAt = 0;
        long last = start;
        long lastAt = System.nanoTime();
        while (last < start + by) {
            long now = number.getAsLong();
            if (now > last) {
                lastAt = System.nanoTime();
                last = now;
                if (firstAt == 0) {
                    firstAt = lastAt;
                    firstSeen = now;
                }
            } else if (System.nanoTime() - lastAt > TimeUnit.SECONDS.toNanos(STANDSTILL_SECONDS)) {
                throw new IllegalStateException(what + ": " + (last - start) + " of " + by + " are through and for "
                        + STANDSTILL_SECONDS + " s no more came");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        return new Rate(last - firstSeen, (lastAt - firstAt) / 1e9);
    }
}
