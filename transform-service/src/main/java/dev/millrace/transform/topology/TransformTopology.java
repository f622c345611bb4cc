package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.transform.TransformMetrics;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;

/** The topology of a pipeline: {@code raw} → checks and derived fields → {@code clean} or {@code rejected}. */
public final class TransformTopology {
    static final String CLEAN = "clean";
    static final String REJECTED = "rejected";

    private static final String RAW = "raw";
    private static final String TRANSFORM = "transform";

    private TransformTopology() {}

    /** The topology of that pipeline, counted by those metrics. */
    public static Topology of(Pipeline pipeline, TransformMetrics metrics) {
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new Topology()
                .addSource(
                        RAW,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        pipeline.topics().raw())
                .addProcessor(TRANSFORM, () -> new TransformProcessor(pipeline, metrics), RAW)
                .addSink(CLEAN, pipeline.topics().clean(), bytes, bytes, TRANSFORM)
                .addSink(REJECTED, pipeline.topics().rejected(), bytes, bytes, TRANSFORM);
    }
}
