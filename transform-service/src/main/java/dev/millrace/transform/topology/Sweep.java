package dev.millrace.transform.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * Goes round and round a store, some entries at a time, and deletes those that are needed no more: keys that nothing
 * comes for any longer. Confined to its stream thread.
 */
final class Sweep {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** Few enough to hold up no record for longer than some milliseconds. */
    private static final int AT_ONCE = 5_000;

    private final KeyValueStore<Bytes, ValueAndTimestamp<byte[]>> store;
    private final Predicate<ValueAndTimestamp<byte[]>> unneeded;
    private Bytes next;

    private Sweep(
            KeyValueStore<Bytes, ValueAndTimestamp<byte[]>> store, Predicate<ValueAndTimestamp<byte[]>> unneeded) {
        this.store = store;
        this.unneeded = unneeded;
    }

    static void every(
            ProcessorContext<?, ?> context,
            KeyValueStore<Bytes, ValueAndTimestamp<byte[]>> store,
            Predicate<ValueAndTimestamp<byte[]>> unneeded) {
        Sweep sweep = new Sweep(store, unneeded);
        context.schedule(PAUSE, PunctuationType.WALL_CLOCK_TIME, now -> sweep.some());
    }

    private void some() {
        List<Bytes> gone = new ArrayList<>();
        int seen = 0;
        Bytes last = null;
        try (KeyValueIterator<Bytes, ValueAndTimestamp<byte[]>> entries = store.range(next, null)) {
            while (entries.hasNext() && seen < AT_ONCE) {
                KeyValue<Bytes, ValueAndTimestamp<byte[]>> entry = entries.next();
                seen++;
                last = entry.key;
                if (unneeded.test(entry.value)) {
                    gone.add(entry.key);
                }
            }
            next = entries.hasNext() ? last : null;
        }
        // Not delete, which reads first what it is to give back.
        gone.forEach(key -> store.put(key, null));
    }
}
