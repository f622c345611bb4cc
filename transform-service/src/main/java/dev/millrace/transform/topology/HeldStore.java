package dev.millrace.transform.topology;

import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A store whose owner is told when a transaction is about to be committed, and only then writes what it holds in memory: what
 * waits for its turn mostly waits for a shorter time than a transaction lasts and is never written, and what changes more than
 * once within one is written once.
 *
 * <p>Kafka Streams tells that to what it takes for a cache ({@code ProcessorStateManager.flushCache}), and its own caches say
 * the time of what they write as this class does, by internals: there is no public way. That it wraps a store tells Kafka Streams
 * whether what is restored has times. Confined to its stream thread.
 */
final class HeldStore<V> extends WrappedStateStore<KeyValueStore<Bytes, V>, Bytes, V> {
    private static final Runnable NOTHING = () -> {};

    private Runnable beforeCommit = NOTHING;
    private InternalProcessorContext<?, ?> context;

    private HeldStore(KeyValueStore<Bytes, V> entries) {
        super(entries);
    }

    /** What is written. */
    KeyValueStore<Bytes, V> entries() {
        return wrapped();
    }

    /** Has that done before each commit, until the store is opened anew. */
    void beforeCommit(Runnable write) {
        this.beforeCommit = write;
    }

    /** Has something written as of that time of acceptance, in milliseconds: the changelog has it. */
    void writeAsOf(long acceptedAt, Runnable write) {
        ProcessorRecordContext now = context.recordContext();
        context.setRecordContext(new ProcessorRecordContext(acceptedAt, -1, -1, null, new RecordHeaders()));
        try {
            write.run();
        } finally {
            context.setRecordContext(now);
        }
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
    public void init(StateStoreContext newContext, StateStore root) {
        beforeCommit = NOTHING;
        context = (InternalProcessorContext<?, ?>) newContext;
        super.init(newContext, root);
    }

    /** Builds one around a store. */
    record Builder<V>(StoreBuilder<? extends KeyValueStore<Bytes, V>> entries) implements StoreBuilder<HeldStore<V>> {
        @Override
        public HeldStore<V> build() {
            return new HeldStore<>(entries.build());
        }

        @Override
        public StoreBuilder<HeldStore<V>> withCachingEnabled() {
            throw new UnsupportedOperationException("it is its own cache");
        }

        @Override
        public StoreBuilder<HeldStore<V>> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<HeldStore<V>> withLoggingEnabled(Map<String, String> config) {
            return new Builder<>(entries.withLoggingEnabled(config));
        }

        @Override
        public StoreBuilder<HeldStore<V>> withLoggingDisabled() {
            return new Builder<>(entries.withLoggingDisabled());
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
