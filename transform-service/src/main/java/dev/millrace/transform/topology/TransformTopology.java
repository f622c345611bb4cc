package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.topology.Wiring.Arrival;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
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
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

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
     */
    public static Topology of(
            Pipeline pipeline, Transform transform, PipelineMeters meters, SizeLimits limits, int partitions) {
        RecordTransform records = new RecordTransform(pipeline, transform, meters);
        Stages stages = new Stages(pipeline, transform, records, new Wiring(pipeline), meters, limits);
        return new TransformTopology(stages, partitions).build();
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
        KStream<byte[], Flow> from = nodes.get(arrival.from());
        String store = step.name();
        builder.addStateStore(store(store));
        KStream<byte[], Flow> arriving = arrival.repartitioned()
                ? broughtTogether(
                        from,
                        arrival.node(),
                        step.name(),
                        FlowSerde.waiting(arrival.step(), stages.transform().schemaAt(arrival.step())))
                : from;
        if (arrival.labelled()) {
            arriving = arriving.merge(labels(arrival, (WindowStep) step, from), Named.as(store + "-with-labels"));
        }
        ProcessorSupplier<byte[], Flow, byte[], Flow> processor = step instanceof WindowStep
                ? () -> new WindowProcessor(stages, arrival, store)
                : () -> new DeduplicateProcessor(stages, arrival, store);
        KStream<byte[], Flow> left = arriving.process(processor, Named.as(arrival.stepNode()), store);
        nodes.put(arrival.stepNode(), left);
        addSinks(left, "-" + arrival.step());
        if (step instanceof WindowStep) {
            addSink(
                    left,
                    Wiring.FEATURES + "-" + arrival.step(),
                    stages.pipeline().topics().features());
        }
    }

    /** Labels, each under the key of the event that it names. */
    private KStream<byte[], Flow> labels(Arrival arrival, WindowStep step, KStream<byte[], Flow> events) {
        KStream<byte[], Flow> named =
                broughtTogether(events, arrival.namedNode(), step.name() + "-ids", FlowSerde.named());
        KStream<byte[], Flow> labels = builder.stream(
                        stages.pipeline().topics().labels(step.labels().orElseThrow()),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                .withName(step.name() + "-labels-source")
                                .withTimestampExtractor(new AcceptanceTime())
                                .withOffsetResetPolicy(AutoOffsetReset.earliest()))
                .mapValues(value -> (Flow) new Flow.Leaving(value), Named.as(step.name() + "-labels"));
        String store = step.name() + "-labelled";
        builder.addStateStore(store(store));
        KStream<byte[], Flow> relabelled = named.merge(labels, Named.as(step.name() + "-ids-and-labels"))
                .process(
                        () -> new LabelProcessor(stages, arrival, store), Named.as(step.name() + "-relabelled"), store);
        return relabelled.repartition(Repartitioned.<byte[], Flow>as(step.name() + "-by-key")
                .withKeySerde(Serdes.ByteArray())
                .withValueSerde(FlowSerde.relabelled())
                .withNumberOfPartitions(partitions));
    }

    /** The events that a node sends to a child of that name, by way of a topic. */
    private KStream<byte[], Flow> broughtTogether(
            KStream<byte[], Flow> from, String node, String topic, Serde<Flow> serde) {
        return from.process(PassOn::new, Named.as(node))
                .repartition(Repartitioned.<byte[], Flow>as(topic)
                        .withKeySerde(Serdes.ByteArray())
                        .withValueSerde(serde)
                        .withNumberOfPartitions(partitions));
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

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled();
    }
}
