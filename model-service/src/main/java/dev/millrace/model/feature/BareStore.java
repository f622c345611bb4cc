package dev.millrace.model.feature;

import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A store on disk, of bytes, without Kafka Streams' layer that measures it: that one registers a metric of its own, under a
 * lock, for each look at several keys while there is no other, which took longer than the look.
 */
record BareStore(String name) implements StoreBuilder<KeyValueStore<Bytes, byte[]>> {
    @Override
    public KeyValueStore<Bytes, byte[]> build() {
        return Stores.persistentKeyValueStore(name).get();
    }

    @Override
    public StoreBuilder<KeyValueStore<Bytes, byte[]>> withCachingEnabled() {
        throw new UnsupportedOperationException("nothing is written often enough to be worth a cache");
    }

    @Override
    public StoreBuilder<KeyValueStore<Bytes, byte[]>> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<Bytes, byte[]>> withLoggingEnabled(Map<String, String> settings) {
        throw new UnsupportedOperationException("it is a copy of a changelog and needs none");
    }

    @Override
    public StoreBuilder<KeyValueStore<Bytes, byte[]>> withLoggingDisabled() {
        return this;
    }

    @Override
    public Map<String, String> logConfig() {
        return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
        return false;
    }
}
