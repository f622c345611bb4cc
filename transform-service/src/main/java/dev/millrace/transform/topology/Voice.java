package dev.millrace.transform.topology;

/**
 * Whether what comes of a raw record is this topology's to say. One that builds a new state beside another that answers is
 * silent on what the other answers. Thread-safe.
 */
@FunctionalInterface
public interface Voice {
    /** Says everything. */
    Voice FULL = (partition, offset) -> true;

    /** Whether it speaks of the record at that offset of that partition of raw. */
    boolean speaksOf(int partition, long offset);
}
