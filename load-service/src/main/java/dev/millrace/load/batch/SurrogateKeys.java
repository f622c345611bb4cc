package dev.millrace.load.batch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Natural keys of one dimension whose rows are committed, with their surrogate keys: so that a batch of known keys needs
 * no join. Bounded: at the limit it forgets everything and begins again. Thread-safe.
 */
public final class SurrogateKeys {
    private static final int LIMIT = 250_000;

    private final Map<Object, Long> keys = new ConcurrentHashMap<>();
    private final AtomicInteger forgotten = new AtomicInteger();

    /** The surrogate key, or null if it is not known here. */
    public Long find(Object naturalKey) {
        return keys.get(naturalKey);
    }

    /** Remembers keys whose rows are committed. */
    public void remember(Map<Object, Long> committed) {
        if (keys.size() + committed.size() > LIMIT) {
            keys.clear();
        }
        keys.putAll(committed);
    }

    /** Forgets everything: the rows may be others. */
    public void forget() {
        keys.clear();
        // Only now: who begins in between must be told to begin again, not believe what it found before.
        forgotten.incrementAndGet();
    }

    /** How often everything was forgotten: what was found before the last time may be wrong. */
    int timesForgotten() {
        return forgotten.get();
    }
}
