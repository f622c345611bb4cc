package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.topology.OrderedProcessor.Alignment;
import dev.millrace.transform.topology.OrderedProcessor.Place;
import dev.millrace.transform.topology.Wiring.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * The topology of a pipeline: {@code raw} → checks and steps → {@code clean}, {@code rejected} or {@code left-out}. A
 * step with a state is a node with a store; before it stands a topic where the events of its key are not together yet.
 *
 * <p>Keys and values are bytes on both ends, so nothing can fail in a serde, where Kafka Streams could only skip the
 * record or stop. A record keeps its headers and its time of acceptance on the whole way.
 */
public final class TransformTopology {
    private final Stages stages;
    private final int partitions;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<String, KStream<byte[], Flow>> nodes = new HashMap<>();

    private TransformTopology(Stages stages, int partitions) {
        this.stages = stages;
        this.partitions = partitions;
    }

    /**
     * The topology of that pipeline, counted by those meters, sending nothing that is over the limits.
     *
     * @param transform the pipeline's transform with the secrets that it needs
     * @param partitions how many partitions the pipeline's topics have, and the topics between its steps get
     * @param progress with it, what comes to a step from several partitions is brought into the order of acceptance; without
     *     it, it is taken as it comes
     */
    public static Topology of(
            Pipeline pipeline,
            Transform transform,
            PipelineMeters meters,
            SizeLimits limits,
            int partitions,
            Optional<SourceProgress> progress) {
        return of(pipeline, transform, meters, limits, partitions, progress, Voice.FULL);
    }

    /**
     * The same topology, saying only what that voice speaks of; what comes of other records is only remembered.
     *
     * @param voice asked for each record that leaves, at that moment
     */
    public static Topology of(
            Pipeline pipeline,
            Transform transform,
            PipelineMeters meters,
            SizeLimits limits,
            int partitions,
            Optional<SourceProgress> progress,
            Voice voice) {
        RecordTransform records = new RecordTransform(pipeline, transform, meters);
        Wiring wiring = new Wiring(pipeline, partitions, progress.isPresent());
        SourceProgress known = progress.orElse((topic, partition) -> SourceProgress.UNKNOWN);
        Stages stages = new Stages(pipeline, transform, records, wiring, meters, limits, known, voice);
        return new TransformTopology(stages, partitions).build();
    }

    /** Whether anything of that pipeline has to be brought into order, so that a {@link SourceProgress} is of use. */
    public static boolean orders(Pipeline pipeline, int partitions) {
        return new Wiring(pipeline, partitions, true).orders();
    }

    private Topology build() {
        String raw = stages.pipeline().topics().raw();
        KStream<byte[], byte[]> records = builder.stream(
                raw,
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withName("raw")
                        .withTimestampExtractor(new AcceptanceTime())
                        .withOffsetResetPolicy(AutoOffsetReset.earliest()));
        KStream<byte[], Flow> entered = records.process(
                () -> new TracedProcessor<>(stages.pipeline().name(), new TransformProcessor(stages)),
                Named.as(Wiring.ENTER));
        nodes.put(Wiring.ENTER, entered);
        addSinks(entered, "");
        for (Arrival arrival : stages.wiring().arrivals()) {
            addStep(arrival);
        }
        return builder.build();
    }

    private void addStep(Arrival arrival) {
        KeyedStep step = stages.transform().keyedStep(arrival.step());
        FlowSerde serde = new FlowSerde(arrival.step(), stages.transform().schemaAt(arrival.step()));
        KStream<byte[], Flow> from = nodes.get(arrival.from());
        String store = step.name();
        builder.addStateStore(step instanceof WindowStep ? new HeldStore.Builder<>(timed(store)) : timed(store));
        KStream<byte[], Flow> arriving =
                arrival.repartitioned() ? broughtTogether(from, arrival.node(), step.name(), serde) : from;
        if (arrival.labelled()) {
            arriving =
                    arriving.merge(labels(arrival, (WindowStep) step, from, serde), Named.as(store + "-with-labels"));
        }
        List<String> stores = new ArrayList<>(List.of(store));
        if (arrival.labelled()) {
            builder.addStateStore(timed(UncountedEvents.storeOf(store)));
            stores.add(UncountedEvents.storeOf(store));
        }
        Optional<Alignment> alignment = arrival.aligned()
                ? Optional.of(
                        alignment(step.name(), arrival.labelled() ? 2 * partitions : partitions, Optional.empty()))
                : Optional.empty();
        Place place = new Place(serde, alignment, stages.wiring().awaitingBehind(arrival), 0);
        KStream<byte[], Flow> left = arriving.process(
                () -> new OrderedProcessor(
                        place,
                        step instanceof WindowStep
                                ? new WindowProcessor(stages, arrival, store)
                                : new DeduplicateProcessor(stages, arrival, store)),
                Named.as(arrival.stepNode()),
                stores(stores, alignment));
        nodes.put(arrival.stepNode(), left);
        addSinks(left, "-" + arrival.step());
        if (step instanceof WindowStep window && window.published()) {
            addSink(
                    left,
                    Wiring.FEATURES + "-" + arrival.step(),
                    stages.pipeline().topics().features());
        }
    }

    /** Labels, each under the key of the event that it names. */
    private KStream<byte[], Flow> labels(
            Arrival arrival, WindowStep step, KStream<byte[], Flow> events, FlowSerde serde) {
        String topic = stages.pipeline().topics().labels(step.labels().orElseThrow());
        KStream<byte[], Flow> named = broughtTogether(events, arrival.namedNode(), step.name() + "-ids", serde);
        KStream<byte[], Flow> labels = builder.stream(
                        topic,
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                .withName(step.name() + "-labels-source")
                                .withTimestampExtractor(new AcceptanceTime())
                                .withOffsetResetPolicy(AutoOffsetReset.earliest()))
                .mapValues(value -> (Flow) new Flow.Received(value), Named.as(step.name() + "-labels"));
        String store = step.name() + "-labelled";
        builder.addStateStore(timed(store));
        Optional<Alignment> alignment =
                arrival.aligned() ? Optional.of(alignment(store, partitions, Optional.of(topic))) : Optional.empty();
        List<String> children = arrival.aligned() ? List.of(arrival.relabelledNode()) : List.of();
        // Of the window's sources, the partitions that events come from are the first.
        Place place = new Place(serde, alignment, children, partitions);
        KStream<byte[], Flow> relabelled = named.merge(labels, Named.as(step.name() + "-ids-and-labels"))
                .process(
                        () -> new OrderedProcessor(place, new LabelProcessor(stages, arrival, store, partitions)),
                        Named.as(step.name() + "-relabelled"),
                        stores(List.of(store), alignment));
        return broughtTogether(relabelled, arrival.relabelledNode(), step.name() + "-by-key", serde);
    }

    /** What waits for its turn has a store of its own. */
    private Alignment alignment(String node, int sources, Optional<String> alsoRead) {
        String store = node + "-waiting";
        builder.addStateStore(new HeldStore.Builder<>(store(store)));
        return new Alignment(store, sources, alsoRead, stages.progress());
    }

    private static String[] stores(List<String> own, Optional<Alignment> alignment) {
        return Stream.concat(own.stream(), alignment.map(Alignment::store).stream())
                .toArray(String[]::new);
    }

    /** What a node sends to a child of that name, by way of a topic. */
    private KStream<byte[], Flow> broughtTogether(
            KStream<byte[], Flow> from, String node, String topic, FlowSerde serde) {
        return from.process(PassOn::new, Named.as(node))
                .repartition(Repartitioned.<byte[], Flow>as(topic)
                        .withKeySerde(Serdes.ByteArray())
                        .withValueSerde(serde.serde())
                        .withStreamPartitioner(new NotesToAll())
                        .withNumberOfPartitions(partitions));
    }

    /** Events go where their key belongs, notes on how far a node has come to all partitions. */
    private static final class NotesToAll implements StreamPartitioner<byte[], Flow> {
        @Override
        public Optional<Set<Integer>> partitions(String topic, byte[] key, Flow flow, int partitions) {
            return flow instanceof Flow.Sent sent && sent.flow() instanceof Flow.Progress
                    ? Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()))
                    : Optional.empty();
        }
    }

    private void addSinks(KStream<byte[], Flow> from, String suffix) {
        addSink(from, Wiring.CLEAN + suffix, stages.pipeline().topics().clean());
        addSink(from, Wiring.REJECTED + suffix, stages.pipeline().topics().rejected());
        if (stages.transform().leavesOut()) {
            addSink(from, Wiring.LEFT_OUT + suffix, stages.pipeline().topics().leftOut());
        }
    }

    private static void addSink(KStream<byte[], Flow> from, String node, String topic) {
        from.to(
                topic,
                Produced.<byte[], Flow>as(node)
                        .withKeySerde(Serdes.ByteArray())
                        .withValueSerde(Serdes.serdeFrom(FlowSerde.leaving(), (ignored, bytes) -> {
                            throw new IllegalStateException("a sink is not read");
                        })));
    }

    /** A store that remembers of each entry when what it was written for was accepted. */
    private static StoreBuilder<TimestampedKeyValueStore<Bytes, byte[]>> timed(String name) {
        return Stores.timestampedKeyValueStoreBuilder(
                        Stores.persistentTimestampedKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled();
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled();
    }
}
