package dev.millrace.transform.topology;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * The events that came to a labelled window and are not counted in it, because they came too late or have no value there: a label
 * of one changes nothing. Of events of the same id, the label is that of the one that was accepted first. Confined to its
 * stream thread.
 */
final class UncountedEvents {
    private final TimestampedKeyValueStore<Bytes, byte[]> store;

    /** Those in the store of that name, as long as they are within the horizon. */
    UncountedEvents(ProcessorContext<?, ?> context, String store, Horizon horizon) {
        this.store = context.getStateStore(store);
        Sweep.every(context, this.store, entry -> horizon.isBeyond(at(entry.value()), entry.timestamp()));
    }

    /** Where a window's are kept. */
    static String storeOf(String window) {
        return window + "-uncounted";
    }

    /** The event of that id is not counted. */
    void add(byte[] id, Instant at, long accepted) {
        byte[] time = ByteBuffer.allocate(12)
                .putLong(at.getEpochSecond())
                .putInt(at.getNano())
                .array();
        store.put(Bytes.wrap(id), ValueAndTimestamp.make(time, accepted));
    }

    /** Whether the event of that id that was accepted at that time, in milliseconds, is not counted. */
    boolean contains(byte[] id, long accepted) {
        ValueAndTimestamp<byte[]> entry = store.get(Bytes.wrap(id));
        return entry != null && entry.timestamp() == accepted;
    }

    private static Instant at(byte[] time) {
        ByteBuffer buffer = ByteBuffer.wrap(time);
        return Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
    }
}
