package dev.millrace.model.feature;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.service.rocksdb.BoundedMemory;
import dev.millrace.service.state.LocalState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;

/**
 * What the windows of one version of a pipeline's state hold, as of the last committed event: a copy on local disk of the
 * stores of transform-service, made of their changelogs. A thread of its own opens it and opens it again where it fails;
 * asking is thread-safe.
 */
final class WindowFollower implements WindowCopy {
    private static final Logger LOG = Logger.getLogger(WindowFollower.class);
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(10);

    private final String pipeline;
    private final String application;
    private final Changelogs changelogs;
    private final LocalState state;
    private final Map<String, Object> kafka;
    private final Admin admin;
    private final FollowerThread thread;
    private volatile KafkaStreams streams;
    private volatile Map<String, Window> windows;

    /**
     * One window as it is followed; without a store, nothing was ever counted in it.
     *
     * @param partitions how many its changelog has
     */
    private record Window(Optional<ReadOnlyKeyValueStore<Bytes, byte[]>> store, int partitions, Counted counted) {}

    /** That version's windows, not read yet; a thread begins to. */
    WindowFollower(Pipeline pipeline, LocalState state, Map<String, Object> kafka, Admin admin) {
        this.pipeline = pipeline.name();
        this.application = WindowCopy.application(pipeline.name(), pipeline.stateVersion());
        this.changelogs = new Changelogs(pipeline);
        this.state = state;
        this.kafka = kafka;
        this.admin = admin;
        this.thread = new FollowerThread(
                pipeline.name(), application, "the state of its windows is being read", this::follow);
        thread.start();
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    @Override
    public Optional<String> problem() {
        return windows == null ? Optional.of(thread.problem()) : Optional.empty();
    }

    @Override
    public Held held(WindowStep step, String key) {
        // The time before the state: what comes between is in the state, and the time says too little in place of too
        // much.
        Optional<Instant> asOf = asOf(step, key);
        KeyState state = new KeyState(step.plan());
        window(step).store().ifPresent(store -> load(store, key, state));
        return new Held(state, asOf);
    }

    private void load(ReadOnlyKeyValueStore<Bytes, byte[]> store, String key, KeyState state) {
        try (KeyValueIterator<Bytes, byte[]> chunks =
                store.range(Bytes.wrap(ChunkKey.first(key)), Bytes.wrap(ChunkKey.last(key)))) {
            while (chunks.hasNext()) {
                state.load(chunks.next().value);
            }
        } catch (InvalidStateStoreException e) {
            throw new StateAwayException(thread.problem());
        }
    }

    private Optional<Instant> asOf(WindowStep step, String key) {
        Window window = window(step);
        return window.partitions() == 0
                ? Optional.empty()
                : window.counted()
                        .of(BuiltInPartitioner.partitionForKey(
                                key.getBytes(StandardCharsets.UTF_8), window.partitions()));
    }

    private Window window(WindowStep step) {
        Map<String, Window> all = windows;
        Window window = all == null ? null : all.get(step.name());
        if (window == null) {
            throw new StateAwayException(thread.problem());
        }
        return window;
    }

    private void follow() throws InterruptedException {
        try {
            Map<String, TopicDescription> topics = changelogs.describe(admin);
            if (topics.isEmpty()) {
                windows = nothing();
            } else {
                follow(topics);
            }
        } finally {
            end();
        }
    }

    private void follow(Map<String, TopicDescription> topics) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Map<String, Counted> counted = new HashMap<>();
        changelogs.steps().forEach(step -> counted.put(step, new Counted()));
        KafkaStreams opened = new KafkaStreams(topology(counted), settings());
        opened.setUncaughtExceptionHandler(failure -> {
            LOG.warnf(failure, "pipeline %s: following the state of its windows failed", pipeline);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        opened.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                over.countDown();
            }
        });
        streams = opened;
        // Whoever closes this either sees the streams, or is seen here.
        if (thread.isStopping()) {
            return;
        }
        long begin = System.nanoTime();
        // Comes back when all is read that was there.
        opened.start();
        Map<String, Window> read = new HashMap<>();
        topics.forEach((step, topic) -> read.put(
                step,
                new Window(
                        Optional.of(opened.store(StoreQueryParameters.fromNameAndType(
                                step, QueryableStoreTypes.<Bytes, byte[]>keyValueStore()))),
                        topic.partitions().size(),
                        counted.get(step))));
        windows = read;
        LOG.infof(
                "pipeline %s: the state of its windows was read within %d ms",
                pipeline, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        over.await();
        thread.tell("the state of its windows is being read again");
    }

    private Map<String, Window> nothing() {
        Map<String, Window> empty = new HashMap<>();
        changelogs.steps().forEach(step -> empty.put(step, new Window(Optional.empty(), 0, new Counted())));
        return empty;
    }

    private Topology topology(Map<String, Counted> counted) {
        StreamsBuilder builder = new StreamsBuilder();
        changelogs.forEach((step, changelog) -> builder.addGlobalStore(
                new BareStore(step),
                changelog,
                Consumed.with(Serdes.Bytes(), Serdes.ByteArray()),
                () -> new ChunkKeeper(step, counted.get(step))));
        return builder.build();
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.putAll(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.CLIENT_ID_CONFIG, application);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.folder().toString());
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemory.class);
        settings.put(StreamsConfig.globalConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        return settings;
    }

    private void end() {
        KafkaStreams ended = streams;
        if (ended != null) {
            windows = null;
            ended.close(CLOSES_WITHIN);
            streams = null;
        }
    }

    @Override
    public void forget() {
        state.forget(application);
    }

    @Override
    public void close() {
        thread.stop();
        KafkaStreams open = streams;
        if (open != null) {
            open.close(CLOSES_WITHIN);
        }
        thread.interrupt();
        thread.join();
    }
}
