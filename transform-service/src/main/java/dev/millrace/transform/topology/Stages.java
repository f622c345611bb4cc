package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.transform.PipelineMeters;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/** What every node of a pipeline's topology needs. Immutable and thread-safe. */
record Stages(
        Pipeline pipeline,
        Transform transform,
        RecordTransform records,
        Wiring wiring,
        PipelineMeters meters,
        SizeLimits limits,
        SourceProgress progress) {
    Router router(String node, ProcessorContext<byte[], Flow> context) {
        return new Router(pipeline, wiring, meters, limits, node, context);
    }
}
