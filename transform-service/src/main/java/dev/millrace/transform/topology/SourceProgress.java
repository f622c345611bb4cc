package dev.millrace.transform.topology;

/**
 * Up to when all that was accepted is transformed. A partition to which nothing comes would hold up all others; this says
 * that there is nothing to wait for. Thread-safe.
 */
@FunctionalInterface
public interface SourceProgress {
    /** Of a partition of which nothing is known. */
    long UNKNOWN = Long.MIN_VALUE;

    /**
     * The time of acceptance, in milliseconds of the epoch, before which nothing is to come any more from that partition of
     * a topic that is read; {@link #UNKNOWN} while more is there.
     */
    long of(String topic, int partition);
}
