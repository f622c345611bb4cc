package dev.millrace.transform.stream;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long to wait after a failure before the next try: a second, twice as long after each further one, half a minute at
 * most, and a second again after five good minutes. Whoever waits is woken by {@link #end()}. Thread-safe.
 */
final class Pause {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(5);

    private final LongSupplier nanoTime;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Duration next = FIRST;
    private long lastFailure;

    Pause(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastFailure = nanoTime.getAsLong();
    }

    /** How long to wait after the failure that has just happened. */
    synchronized Duration afterFailure() {
        long now = nanoTime.getAsLong();
        boolean wasGood = now - lastFailure > GOOD_TIME.toNanos();
        Duration pause = wasGood ? FIRST : next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        lastFailure = now;
        return pause;
    }

    /** Waits that long, or until the end. */
    void await(Duration pause) {
        try {
            ended.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody waits from now on. */
    void end() {
        ended.countDown();
    }

    /** Whether it has ended. */
    boolean isOver() {
        return ended.getCount() == 0;
    }
}
