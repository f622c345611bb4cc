package dev.millrace.load.worker;

import java.time.Duration;

/** How long to wait for what fails, ever longer up to a limit. Confined to one thread. */
public final class Backoff {
    private final Duration first;
    private final Duration atMost;
    private Duration next;

    /** Waits that begin so and grow to that. */
    public Backoff(Duration first, Duration atMost) {
        this.first = first;
        this.atMost = atMost;
        this.next = first;
    }

    /** How long to wait this time. */
    public Duration next() {
        Duration wait = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(atMost) < 0 ? doubled : atMost;
        return wait;
    }

    /** It works again. */
    public void reset() {
        next = first;
    }
}
