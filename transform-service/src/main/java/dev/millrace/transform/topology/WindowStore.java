package dev.millrace.transform.topology;

import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.WindowPlan;
import dev.millrace.pipeline.window.Windowed;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The windows' state in a store: an entry a chunk, under the key and the chunk's place. The keys that came last are kept
 * as objects, so that an event of one of them reads nothing and writes one small entry. Confined to one thread.
 */
final class WindowStore {
    /** About 50 MB with a hundred buckets of some numbers each. */
    private static final int KEPT = 10_000;

    private final KeyValueStore<Bytes, byte[]> store;
    private final WindowPlan plan;
    private final Map<String, KeyState> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KeyState> eldest) {
            return size() > KEPT;
        }
    };

    WindowStore(KeyValueStore<Bytes, byte[]> store, WindowPlan plan) {
        this.store = store;
        this.plan = plan;
    }

    /** The state of a key. */
    KeyState of(String key) {
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

    /** Writes what has changed of a key's state. */
    void keep(String key, Windowed windowed) {
        store.put(Bytes.wrap(ChunkKey.of(key, windowed.changed())), windowed.bytes());
        for (long expired : windowed.expired()) {
            // Not delete, which reads first what it is to give back.
            store.put(Bytes.wrap(ChunkKey.of(key, expired)), null);
        }
    }

    /** When that stored chunk ends. */
    Instant endOf(byte[] chunk) {
        return plan.endOfChunk(chunk);
    }
}
