package dev.millrace.transform.topology;

import java.time.Duration;
import java.time.Instant;

/**
 * How far back a store is needed: behind the newest event seen, by a given time. An event that claims to be of the future
 * counts as of when it was accepted; else one wrong clock would make everything of others old. Confined to one thread.
 */
final class Horizon {
    private final Duration reach;
    private Instant newest = Instant.MIN;

    Horizon(Duration reach) {
        this.reach = reach;
    }

    void see(Instant at, long acceptedAtMillis) {
        Instant accepted = Instant.ofEpochMilli(acceptedAtMillis);
        Instant seen = at.isAfter(accepted) ? accepted : at;
        if (seen.isAfter(newest)) {
            newest = seen;
        }
    }

    /** Whether what is of that time is needed no more. */
    boolean isBeyond(Instant at) {
        return !newest.equals(Instant.MIN) && at.isBefore(newest.minus(reach));
    }
}
