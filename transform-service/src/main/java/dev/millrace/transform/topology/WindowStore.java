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

    private final HeldStore held;
    private final KeyValueStore<Bytes, byte[]> store;
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

    WindowStore(HeldStore held, WindowPlan plan) {
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
        try (KeyValueIterator<Bytes, byte[]> chunks =
                store.range(Bytes.wrap(ChunkKey.first(key)), Bytes.wrap(ChunkKey.last(key)))) {
            while (chunks.hasNext()) {
                state.load(chunks.next().value);
            }
        }
        return state;
    }

    /** Remembers to write what has changed of a key's state by what was accepted at that time, in milliseconds. */
    void keep(String key, Windowed windowed, long accepted) {
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
        List<KeyValue<Bytes, byte[]>> entries = new ArrayList<>(unwritten.size());
        unwritten.forEach((entry, chunk) -> entries.add(KeyValue.pair(entry, chunk)));
        // In the store's own order, where one entry is found from the one before.
        entries.sort(Comparator.comparing(entry -> entry.key));
        // Whoever follows the changelog takes the newest time in it for that up to which all is counted. Until the last
        // entry is there, that is what was accepted before any of these.
        int last = entries.size() - 1;
        held.writeAsOf(oldest - 1, () -> store.putAll(entries.subList(0, last)));
        held.writeAsOf(newest, () -> store.put(entries.get(last).key, entries.get(last).value));
        oldest = Long.MAX_VALUE;
        unwritten.clear();
        unwrittenBytes = 0;
    }

    /** When that stored chunk ends. */
    Instant endOf(byte[] chunk) {
        return plan.endOfChunk(chunk);
    }
}
