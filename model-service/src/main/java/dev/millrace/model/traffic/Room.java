package dev.millrace.model.traffic;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for items of lists that wait, so that memory is bounded however long the lists are. What is too large for any room
 * has it to itself. Thread-safe.
 */
public final class Room {
    /** Some 30 bytes each. */
    private static final long ITEMS = 500_000;

    private final AtomicLong taken = new AtomicLong();

    /** Takes room for so many items, if there is. */
    public boolean take(long items) {
        long before = taken.getAndAdd(items);
        boolean fits = items == 0 || before == 0 || before + items <= ITEMS;
        if (!fits) {
            give(items);
        }
        return fits;
    }

    /** Gives it back. */
    public void give(long items) {
        taken.addAndGet(-items);
    }
}
