package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.transform.PipelineMeters;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The topology of a pipeline: {@code raw} → checks and derived fields → {@code clean} or {@code rejected}.
 *
 * <p>Keys and values are bytes on both ends, so nothing can fail in a serde, where Kafka Streams could only skip the
 * record or stop. A record keeps its key, headers and time of acceptance; the same key goes to the same partition.
 */
public final class TransformTopology {
    static final String CLEAN = "clean";
    static final String REJECTED = "rejected";

    private static final String RAW = "raw";
    private static final String TRANSFORM = "transform";

    private TransformTopology() {}

    /** The topology of that pipeline, counted by those meters, sending nothing that is over the limits. */
    public static Topology of(Pipeline pipeline, PipelineMeters meters, SizeLimits limits) {
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        RAW,
                        new AcceptanceTime(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        pipeline.topics().raw())
                .addProcessor(
                        TRANSFORM,
                        () -> new TracedProcessor<>(pipeline.name(), new TransformProcessor(pipeline, meters, limits)),
                        RAW)
                .addSink(CLEAN, pipeline.topics().clean(), bytes, bytes, TRANSFORM)
                .addSink(REJECTED, pipeline.topics().rejected(), bytes, bytes, TRANSFORM);
    }
}
