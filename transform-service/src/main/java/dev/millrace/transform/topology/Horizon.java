package dev.millrace.transform.topology;

import java.time.Duration;
import java.time.Instant;

/**
 * How far back a store is needed: by a given time behind the newest event seen, and as long behind what was accepted last.
 * The second is for keys whose events come far behind those of others and still come, as where a history is sent customer by
 * customer. An event that claims to be of the future counts as of when it was accepted; else one wrong clock would make
 * everything of others old. Confined to one thread.
 */
final class Horizon {
    private final Duration reach;
    private Instant newest = Instant.MIN;
    private long newestAccepted;

    Horizon(Duration reach) {
        this.reach = reach;
    }

    void see(Instant at, long acceptedAtMillis) {
        Instant accepted = Instant.ofEpochMilli(acceptedAtMillis);
        Instant seen = at.isAfter(accepted) ? accepted : at;
        if (seen.isAfter(newest)) {
            newest = seen;
        }
        newestAccepted = Math.max(newestAccepted, acceptedAtMillis);
    }

    /** Whether what is of that time, and was written for what was accepted then, is needed no more. */
    boolean isBeyond(Instant at, long acceptedAtMillis) {
        return !newest.equals(Instant.MIN)
                && at.isBefore(newest.minus(reach))
                && acceptedAtMillis < newestAccepted - reach.toMillis();
    }
}
