package dev.millrace.model.feature;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When the newest event or label that a window's state holds was accepted, by partition: what came to a key is all in
 * one. Thread-safe.
 */
final class Counted {
    private final Map<Integer, Long> newest = new ConcurrentHashMap<>();

    /** Something of that partition was counted; says whether it is the newest. */
    boolean see(int partition, long acceptedAtMillis) {
        Long before = newest.get(partition);
        if (before != null && before >= acceptedAtMillis) {
            return false;
        }
        newest.merge(partition, acceptedAtMillis, Math::max);
        return true;
    }

    /** When the newest that is counted of that partition was accepted; nothing if none is. */
    Optional<Instant> of(int partition) {
        return Optional.ofNullable(newest.get(partition)).map(Instant::ofEpochMilli);
    }
}
