package dev.millrace.transform.topology;

import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.WindowPlan;
import dev.millrace.pipeline.window.Windowed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * The windows' state in a store: an entry a chunk, under the key and the chunk's place. The keys that came last are kept
 * as objects, so that an event of one of them reads nothing. What changes is written when a transaction is committed, once
 * however often it changed. Confined to one thread.
 */
final class WindowStore {
    /** About 50 MB with a hundred buckets of some numbers each. */
    private static final int KEPT = 10_000;
    /** So many bytes are written at once. */
    private static final int ENOUGH = 4 << 20;
    /** What was accepted within so small a part of what is kept is written as if it had been accepted at once. */
    private static final int AT_ONCE = 16;

    private final HeldStore<ValueAndTimestamp<byte[]>> held;
    private final KeyValueStore<Bytes, ValueAndTimestamp<byte[]>> store;
    private final WindowPlan plan;
    private final Map<String, KeyState> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KeyState> eldest) {
            return size() > KEPT;
        }
    };

    /** What the store does not know yet; null where it is to forget. */
    private final Map<Bytes, byte[]> unwritten = new HashMap<>();

    private int unwrittenBytes;
    /** When the oldest of it was accepted, and the newest. */
    private long oldest = Long.MAX_VALUE;

    private long newest;
    /** How many keys were asked for since it was empty. */
    private int asked;

    WindowStore(HeldStore<ValueAndTimestamp<byte[]>> held, WindowPlan plan) {
        this.held = held;
        this.store = held.entries();
        this.plan = plan;
        held.beforeCommit(this::write);
    }

    /** The state of a key. */
    KeyState of(String key) {
        // So a key that is not kept any more is all in the store.
        if (asked == KEPT) {
            write();
        }
        asked++;
        KeyState state = kept.get(key);
        if (state == null) {
            state = read(key);
            kept.put(key, state);
        }
        return state;
    }

    private KeyState read(String key) {
        KeyState state = new KeyState(plan);
        try (KeyValueIterator<Bytes, ValueAndTimestamp<byte[]>> chunks =
                store.range(Bytes.wrap(ChunkKey.first(key)), Bytes.wrap(ChunkKey.last(key)))) {
            while (chunks.hasNext()) {
                state.load(chunks.next().value.value());
            }
        }
        return state;
    }

    /** Remembers to write what has changed of a key's state by what was accepted at that time, in milliseconds. */
    void keep(String key, Windowed windowed, long accepted) {
        if (!unwritten.isEmpty() && accepted - oldest > plan.retention().toMillis() / AT_ONCE) {
            write();
        }
        oldest = Math.min(oldest, accepted);
        newest = Math.max(newest, accepted);
        remember(Bytes.wrap(ChunkKey.of(key, windowed.changed())), windowed.bytes());
        for (long expired : windowed.expired()) {
            remember(Bytes.wrap(ChunkKey.of(key, expired)), null);
        }
        if (unwrittenBytes > ENOUGH) {
            write();
        }
    }

    private void remember(Bytes entry, byte[] chunk) {
        unwritten.put(entry, chunk);
        unwrittenBytes += entry.get().length + (chunk == null ? 0 : chunk.length);
    }

    private void write() {
        asked = 0;
        if (unwritten.isEmpty()) {
            return;
        }
        // In the store's own order, where one entry is found from the one before.
        List<Bytes> entries = new ArrayList<>(unwritten.keySet());
        entries.sort(Comparator.naturalOrder());
        // Whoever follows the changelog takes the newest time in it for that up to which all is counted. Until the last
        // entry is there, that is what was accepted before any of these.
        int last = entries.size() - 1;
        write(entries.subList(0, last), Math.max(0, oldest - 1));
        write(entries.subList(last, entries.size()), newest);
        oldest = Long.MAX_VALUE;
        unwritten.clear();
        unwrittenBytes = 0;
    }

    private void write(List<Bytes> entries, long accepted) {
        List<KeyValue<Bytes, ValueAndTimestamp<byte[]>>> written = new ArrayList<>(entries.size());
        for (Bytes entry : entries) {
            byte[] chunk = unwritten.get(entry);
            written.add(KeyValue.pair(entry, chunk == null ? null : ValueAndTimestamp.make(chunk, accepted)));
        }
        held.writeAsOf(accepted, () -> store.putAll(written));
    }

    /** When that stored chunk ends. */
    Instant endOf(byte[] chunk) {
        return plan.endOfChunk(chunk);
    }
}
