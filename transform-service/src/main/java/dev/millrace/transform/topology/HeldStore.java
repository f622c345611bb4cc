package dev.millrace.transform.topology;

import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * A store whose owner is told when a transaction is about to be committed, and only then writes what it holds in memory: most
 * records wait for a shorter time than a transaction lasts, and are never written.
 *
 * <p>Kafka Streams tells that to what it takes for a cache ({@code ProcessorStateManager.flushCache}), which is this
 * class's only use of its internals: there is no public way. Confined to its stream thread.
 */
final class HeldStore implements StateStore, CachedStateStore<Bytes, byte[]> {
    private static final Runnable NOTHING = () -> {};

    private final KeyValueStore<Bytes, byte[]> entries;
    private Runnable beforeCommit = NOTHING;

    private HeldStore(KeyValueStore<Bytes, byte[]> entries) {
        this.entries = entries;
    }

    /** What is written. */
    KeyValueStore<Bytes, byte[]> entries() {
        return entries;
    }

    /** Has that done before each commit, until the store is opened anew. */
    void beforeCommit(Runnable write) {
        this.beforeCommit = write;
    }

    @Override
    public void flushCache() {
        beforeCommit.run();
    }

    /** The task becomes a standby: what its owner held is another's now. */
    @Override
    public void clearCache() {
        beforeCommit = NOTHING;
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public String name() {
        return entries.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        beforeCommit = NOTHING;
        entries.init(context, root);
    }

    @Override
    public void flush() {
        entries.flush();
    }

    @Override
    public void close() {
        entries.close();
    }

    @Override
    public boolean persistent() {
        return entries.persistent();
    }

    @Override
    public boolean isOpen() {
        return entries.isOpen();
    }

    @Override
    public Position getPosition() {
        return entries.getPosition();
    }

    /** Builds one around a store. */
    record Builder(StoreBuilder<KeyValueStore<Bytes, byte[]>> entries) implements StoreBuilder<HeldStore> {
        @Override
        public HeldStore build() {
            return new HeldStore(entries.build());
        }

        @Override
        public StoreBuilder<HeldStore> withCachingEnabled() {
            throw new UnsupportedOperationException("it is its own cache");
        }

        @Override
        public StoreBuilder<HeldStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<HeldStore> withLoggingEnabled(Map<String, String> config) {
            return new Builder(entries.withLoggingEnabled(config));
        }

        @Override
        public StoreBuilder<HeldStore> withLoggingDisabled() {
            return new Builder(entries.withLoggingDisabled());
        }

        @Override
        public Map<String, String> logConfig() {
            return entries.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return entries.loggingEnabled();
        }

        @Override
        public String name() {
            return entries.name();
        }
    }
}
