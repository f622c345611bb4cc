package dev.millrace.model.recommend;

import java.nio.ByteBuffer;

/** Which items may be listed: a byte each, 0 or 1, where the graph can read it without a copy. Immutable and thread-safe. */
public final class Mask {
    private final ByteBuffer flags;
    private final int size;

    private Mask(ByteBuffer flags, int size) {
        this.flags = flags;
        this.size = size;
    }

    /** Says of each item whether it may be listed. */
    interface Test {
        boolean allows(int item);
    }

    static Mask of(int items, Test test) {
        ByteBuffer flags = ByteBuffer.allocateDirect(items);
        int size = 0;
        for (int item = 0; item < items; item++) {
            boolean allowed = test.allows(item);
            flags.put(item, (byte) (allowed ? 1 : 0));
            size += allowed ? 1 : 0;
        }
        return new Mask(flags, size);
    }

    /** Whether that item may be listed. */
    boolean allows(int item) {
        return flags.get(item) != 0;
    }

    /** How many may be. */
    int size() {
        return size;
    }

    ByteBuffer flags() {
        return flags.duplicate();
    }
}
