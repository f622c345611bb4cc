package dev.millrace.transform.stream;

import dev.millrace.transform.topology.Voice;
import java.util.function.Supplier;

/**
 * Where a version's {@link Passage} is asked for, by the threads that read and speak. It is closed until a replica that has
 * got partitions has looked what the durable record says: one that was away, and knows only what was, can do no harm.
 * Thread-safe.
 */
final class Gate implements Voice {
    private final Supplier<Passage> confirmed;
    private volatile Passage passage = Passage.CLOSED;
    private volatile boolean known;

    /**
     * A gate.
     *
     * @param confirmed asks the durable record
     */
    Gate(Supplier<Passage> confirmed) {
        this.confirmed = confirmed;
    }

    /** Asks the durable record; partitions were assigned. */
    void confirm() {
        passage = confirmed.get();
        known = true;
    }

    /** Lets through what is known by now. */
    void set(Passage now) {
        if (known) {
            passage = now;
        }
    }

    /** The offset of that partition up to which is read. */
    long limit(int partition) {
        Passage now = passage;
        if (!known) {
            return 0;
        }
        return now.reads() ? Long.MAX_VALUE : now.limits().getOrDefault(partition, 0L);
    }

    /** The end of what is to come of that partition, where that is known. */
    long last(int partition) {
        return passage.lasts() ? limit(partition) : Long.MAX_VALUE;
    }

    /** Whether it says anything at all. */
    boolean speaks() {
        return passage.speaks();
    }

    @Override
    public boolean speaksOf(int partition, long offset) {
        if (!known) {
            throw new IllegalStateException("a record came before it was known what to do with it");
        }
        Passage now = passage;
        return now.speaks() && offset >= now.cutover().getOrDefault(partition, 0L);
    }
}
