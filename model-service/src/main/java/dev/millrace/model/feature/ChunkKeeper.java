package dev.millrace.model.feature;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps the chunks of a window as its changelog has them, and when the newest of what they hold was accepted. The store
 * has both, so that an instance that starts again knows both. Confined to the thread that follows.
 */
final class ChunkKeeper implements Processor<Bytes, byte[], Void, Void> {
    /** Before the partition's number; a chunk's entry begins with a length, which is never negative. */
    private static final int MARK = -1;
    /** A time is written down once it is so much newer; after a restart it may be that much too old. */
    private static final long PRECISION_MILLIS = 1_000;

    private final String storeName;
    private final Counted counted;
    private final Map<Integer, Long> written = new HashMap<>();
    private ProcessorContext<Void, Void> context;
    private KeyValueStore<Bytes, byte[]> store;

    ChunkKeeper(String storeName, Counted counted) {
        this.storeName = storeName;
        this.counted = counted;
    }

    @Override
    public void init(ProcessorContext<Void, Void> newContext) {
        this.context = newContext;
        this.store = newContext.getStateStore(storeName);
        try (KeyValueIterator<Bytes, byte[]> times = store.range(mark(0), mark(Integer.MAX_VALUE))) {
            while (times.hasNext()) {
                KeyValue<Bytes, byte[]> time = times.next();
                int partition = ByteBuffer.wrap(time.key.get()).getInt(Integer.BYTES);
                long millis = ByteBuffer.wrap(time.value).getLong();
                counted.see(partition, millis);
                written.put(partition, millis);
            }
        }
    }

    @Override
    public void process(Record<Bytes, byte[]> record) {
        if (record.value() == null) {
            // What is only swept away says nothing of what was counted.
            store.delete(record.key());
            return;
        }
        store.put(record.key(), record.value());
        int partition = context.recordMetadata().orElseThrow().partition();
        if (counted.see(partition, record.timestamp())
                && record.timestamp() - written.getOrDefault(partition, 0L) >= PRECISION_MILLIS) {
            written.put(partition, record.timestamp());
            store.put(
                    mark(partition),
                    ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array());
        }
    }

    private static Bytes mark(int partition) {
        return Bytes.wrap(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(MARK)
                .putInt(partition)
                .array());
    }
}
