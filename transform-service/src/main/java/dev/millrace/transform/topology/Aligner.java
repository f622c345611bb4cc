package dev.millrace.transform.topology;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Brings what comes from several sources into one order, the same each time: a record is held until all sources have come
 * further than it. The records whose turn is next are kept as objects; those that are still there when a transaction is
 * committed, those behind them, and how far each source has come are in a store. Confined to its stream thread.
 */
final class Aligner {
    /** Records kept as objects: some MB. */
    static final int NEAR = 5_000;

    /** What is held is above this, and how far sources have come is below. */
    private static final byte[] FIRST_HELD = {1};

    private static final byte[] BEHIND_HELD = {2};

    /**
     * A record whose turn has come.
     *
     * @param order its order, with the mark that it got
     */
    record Turn(Order order, Record<byte[], Flow> record) {}

    private final KeyValueStore<Bytes, byte[]> store;
    private final long[] progress;
    /** Which sources have come further than the store says. */
    private final BitSet moved = new BitSet();

    private final TreeMap<Held, Near> near = new TreeMap<>();
    /** Whether there may be held records in the store behind the last of the near ones. */
    private boolean more = true;

    private Bytes from = Bytes.wrap(FIRST_HELD);
    private long watermark;

    /** Goes on with what is in that store. */
    Aligner(KeyValueStore<Bytes, byte[]> store, int sources) {
        this.store = store;
        this.progress = new long[sources];
        for (int source = 0; source < sources; source++) {
            byte[] stored = store.get(place(source));
            progress[source] = stored == null
                    ? SourceProgress.UNKNOWN
                    : ByteBuffer.wrap(stored).getLong();
        }
        this.watermark = least();
    }

    private static Bytes place(int source) {
        return Bytes.wrap(ByteBuffer.allocate(5).put((byte) 0).putInt(source).array());
    }

    private long least() {
        return Arrays.stream(progress).min().orElseThrow();
    }

    int sources() {
        return progress.length;
    }

    /** The mark that all sources have come to. What came from now on has it or a later one. */
    long watermark() {
        return watermark;
    }

    /** Nothing before that mark comes from that source any more. */
    void passed(int source, long mark) {
        if (mark > progress[source]) {
            boolean last = progress[source] == watermark;
            progress[source] = mark;
            moved.set(source);
            if (last) {
                watermark = least();
            }
        }
    }

    /** Holds a sealed record that stands at that offset of its source's topic until its turn comes. */
    void hold(Order order, long offset, Record<byte[], Flow> record) {
        passed(order.source(), order.mark());
        Held held = new Held(new Order(order.kind(), order.source(), progress[order.source()], order.at()), offset);
        if (more && (near.isEmpty() || held.compareTo(near.lastKey()) > 0)) {
            store.put(held.key(), SealedRecord.toBytes(record));
            return;
        }
        near.put(held, new Near(record, false));
        if (near.size() > NEAR) {
            Map.Entry<Held, Near> last = near.pollLastEntry();
            write(last.getKey(), last.getValue());
            more = true;
        }
    }

    /** Writes what the store does not know yet; it is right when a transaction is committed right after. */
    void write() {
        moved.stream()
                .forEach(source -> store.put(
                        place(source),
                        ByteBuffer.allocate(Long.BYTES)
                                .putLong(progress[source])
                                .array()));
        moved.clear();
        near.forEach(this::write);
    }

    private void write(Held held, Near one) {
        if (!one.stored) {
            store.put(held.key(), SealedRecord.toBytes(one.record));
            one.stored = true;
        }
    }

    /** The record whose turn is next, taken out; null if none has come yet. */
    Turn next() {
        if (near.isEmpty() && more) {
            reach();
        }
        Map.Entry<Held, Near> first = near.firstEntry();
        if (first == null || first.getKey().order().mark() >= watermark) {
            return null;
        }
        near.pollFirstEntry();
        if (first.getValue().stored) {
            from = first.getKey().key();
            // Not delete, which reads first what it is to give back.
            store.put(from, null);
        }
        return new Turn(first.getKey().order(), first.getValue().record);
    }

    /** From the one that was taken out last, because the way there is full of deleted ones, which are slow to pass. */
    private void reach() {
        try (KeyValueIterator<Bytes, byte[]> held = store.range(from, Bytes.wrap(BEHIND_HELD))) {
            while (held.hasNext() && near.size() < NEAR) {
                KeyValue<Bytes, byte[]> entry = held.next();
                near.put(Held.of(entry.key), new Near(SealedRecord.of(entry.value), true));
            }
            more = held.hasNext();
        }
    }

    /** A held record. */
    private static final class Near {
        private final Record<byte[], Flow> record;
        private boolean stored;

        Near(Record<byte[], Flow> record, boolean stored) {
            this.record = record;
            this.stored = stored;
        }
    }

    /** The place of a held record: those of a mark by their kinds and the times of their events. */
    private record Held(Order order, long offset) implements Comparable<Held> {
        private static final int SIZE = 2 + Integer.BYTES + 3 * Long.BYTES;
        private static final Order.Kind[] KINDS = Order.Kind.values();

        static Held of(Bytes key) {
            ByteBuffer bytes = ByteBuffer.wrap(key.get());
            bytes.get();
            long mark = bytes.getLong() ^ Long.MIN_VALUE;
            Order.Kind kind = KINDS[bytes.get()];
            long at = bytes.getLong() ^ Long.MIN_VALUE;
            return new Held(new Order(kind, bytes.getInt(), mark, at), bytes.getLong());
        }

        /** Ordered as {@link #compareTo} orders. */
        Bytes key() {
            // With the sign's bit turned round, bytes are ordered as numbers are.
            return Bytes.wrap(ByteBuffer.allocate(SIZE)
                    .put(FIRST_HELD)
                    .putLong(order.mark() ^ Long.MIN_VALUE)
                    .put((byte) order.kind().ordinal())
                    .putLong(order.at() ^ Long.MIN_VALUE)
                    .putInt(order.source())
                    .putLong(offset)
                    .array());
        }

        @Override
        public int compareTo(Held other) {
            int compared = Long.compare(order.mark(), other.order.mark());
            if (compared == 0) {
                compared = order.kind().compareTo(other.order.kind());
            }
            if (compared == 0) {
                compared = Long.compare(order.at(), other.order.at());
            }
            if (compared == 0) {
                compared = Integer.compare(order.source(), other.order.source());
            }
            return compared == 0 ? Long.compare(offset, other.offset) : compared;
        }
    }
}
