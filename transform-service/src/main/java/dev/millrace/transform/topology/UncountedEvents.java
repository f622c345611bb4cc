package dev.millrace.transform.topology;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.OptionalDouble;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * The events that came to a labelled window and are not counted in it, because they came too late or have no value there. A label
 * of one is withheld until an event of that id is counted. A label is that of the event that was accepted first of its id, so
 * of several that are not counted the first is kept. Confined to its stream thread.
 */
final class UncountedEvents {
    private final TimestampedKeyValueStore<Bytes, byte[]> store;

    /** Those in the store of that name, as long as they are within the horizon. */
    UncountedEvents(ProcessorContext<?, ?> context, String store, Horizon horizon) {
        this.store = context.getStateStore(store);
        Sweep.every(
                context,
                this.store,
                entry -> horizon.isBeyond(Uncounted.of(entry).at(), entry.timestamp()));
    }

    /** Where a window's are kept. */
    static String storeOf(String window) {
        return window + "-uncounted";
    }

    /**
     * An event that is not counted.
     *
     * @param at when it happened
     * @param withheld what it would count for; nothing while no label has come
     */
    private record Uncounted(Instant at, OptionalDouble withheld) {
        static Uncounted of(ValueAndTimestamp<byte[]> entry) {
            ByteBuffer buffer = ByteBuffer.wrap(entry.value());
            Instant at = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
            return new Uncounted(
                    at, buffer.hasRemaining() ? OptionalDouble.of(buffer.getDouble()) : OptionalDouble.empty());
        }

        byte[] toBytes() {
            ByteBuffer buffer = ByteBuffer.allocate(withheld.isPresent() ? 20 : 12)
                    .putLong(at.getEpochSecond())
                    .putInt(at.getNano());
            withheld.ifPresent(buffer::putDouble);
            return buffer.array();
        }
    }

    /** The event of that id, which was accepted at that time in milliseconds, is not counted. */
    void add(byte[] id, Instant at, long accepted) {
        store.putIfAbsent(
                Bytes.wrap(id), ValueAndTimestamp.make(new Uncounted(at, OptionalDouble.empty()).toBytes(), accepted));
    }

    /** Whether that label is of an event that is not counted; it is kept then. */
    boolean withholds(Flow.Relabelled label) {
        Bytes id = Bytes.wrap(label.id());
        ValueAndTimestamp<byte[]> entry = store.get(id);
        if (entry == null || entry.timestamp() != label.accepted()) {
            return false;
        }
        Uncounted labelled = new Uncounted(Uncounted.of(entry).at(), OptionalDouble.of(label.after()));
        store.put(id, ValueAndTimestamp.make(labelled.toBytes(), entry.timestamp()));
        return true;
    }

    /** An event of that id is counted after all; says the label that was withheld. */
    OptionalDouble counted(byte[] id) {
        ValueAndTimestamp<byte[]> entry = store.get(Bytes.wrap(id));
        if (entry == null) {
            return OptionalDouble.empty();
        }
        store.put(Bytes.wrap(id), null);
        return Uncounted.of(entry).withheld();
    }
}
