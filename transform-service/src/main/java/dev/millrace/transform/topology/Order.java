package dev.millrace.transform.topology;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Where a record between two steps stands in the order of acceptance. Its value begins with it.
 *
 * @param kind what the record is
 * @param source the partition it comes from, of the nodes that send to its topic
 * @param mark when it was accepted, in milliseconds of the epoch; never less than the mark of one before it from the same
 *     source
 * @param at when the event happened, in microseconds of the epoch: of those that were accepted in one millisecond, the one
 *     that happened first comes first
 */
record Order(Kind kind, int source, long mark, long at) {
    /** How many bytes it takes. */
    static final int SIZE = 1 + Integer.BYTES + 2 * Long.BYTES;

    private static final long MILLION = 1_000_000;
    private static final long FARTHEST = Long.MAX_VALUE / MILLION - 1;

    /** What records between steps are. Of one millisecond, those that are first here come first. */
    enum Kind {
        EVENT,
        NAMED,
        LABEL,
        RELABELLED,
        PROGRESS;

        private static final Kind[] ALL = values();
    }

    static Order of(Kind kind, int source, long mark, Instant at) {
        long seconds = Math.max(-FARTHEST, Math.min(FARTHEST, at.getEpochSecond()));
        return new Order(kind, source, mark, seconds * MILLION + at.getNano() / 1_000);
    }

    /** A note that nothing before that mark comes from that source any more. */
    static Order progress(int source, long mark) {
        return new Order(Kind.PROGRESS, source, mark, 0);
    }

    /** What the bytes begin with. */
    static Order read(ByteBuffer bytes) {
        return new Order(Kind.ALL[bytes.get()], bytes.getInt(), bytes.getLong(), bytes.getLong());
    }

    /** Writes this, {@link #SIZE} bytes. */
    ByteBuffer writeTo(ByteBuffer bytes) {
        return bytes.put((byte) kind.ordinal()).putInt(source).putLong(mark).putLong(at);
    }
}
