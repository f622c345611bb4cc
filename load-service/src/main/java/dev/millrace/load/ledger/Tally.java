package dev.millrace.load.ledger;

import java.time.Instant;
import java.util.TreeMap;

/** Counts that are not in the ledger yet, by point and slot. Confined to one thread. */
public final class Tally {
    /** How long a slot is. The times of acceptance are cut to it. */
    public static final long SLOT_MILLIS = 10_000;

    private static final class Count {
        private long records;
    }

    /** In the order in which they are written, the same for all, so that no two writers wait for each other. */
    record Cell(long slot, Point point) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int bySlot = Long.compare(slot, other.slot);
            return bySlot != 0 ? bySlot : point.compareTo(other.point);
        }
    }

    interface Visitor<E extends Exception> {
        void count(Cell cell, long records) throws E;
    }

    private final TreeMap<Cell, Count> counts = new TreeMap<>();
    private Cell last = new Cell(Long.MIN_VALUE, Point.RAW);
    private Count lastCount = new Count();

    /** The begin of the slot of that time. */
    public static Instant slotOf(Instant time) {
        return Instant.ofEpochMilli(slotOf(time.toEpochMilli()));
    }

    private static long slotOf(long millis) {
        return Math.floorDiv(millis, SLOT_MILLIS) * SLOT_MILLIS;
    }

    /** Counts a record that was accepted then. Neighbours are mostly of one slot: that costs a comparison. */
    public void add(Point point, long acceptedAtMillis) {
        long slot = slotOf(acceptedAtMillis);
        if (last.slot() != slot || last.point() != point) {
            last = new Cell(slot, point);
            lastCount = counts.computeIfAbsent(last, cell -> new Count());
        }
        lastCount.records++;
    }

    /** Whether nothing was counted. */
    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Forgets everything. */
    public void clear() {
        counts.clear();
        last = new Cell(Long.MIN_VALUE, Point.RAW);
        lastCount = new Count();
    }

    <E extends Exception> void each(Visitor<E> visitor) throws E {
        for (var entry : counts.entrySet()) {
            visitor.count(entry.getKey(), entry.getValue().records);
        }
    }
}
