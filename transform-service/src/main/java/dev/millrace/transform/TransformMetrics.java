package dev.millrace.transform;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** The meters of this service, a set for each pipeline. Thread-safe. */
@ApplicationScoped
public class TransformMetrics {
    private final MeterRegistry registry;
    private final StageMetrics stage;

    /** Meters in that registry. */
    public TransformMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.stage = new StageMetrics(registry, Stage.TRANSFORM);
    }

    /** The meters of that pipeline; the same ones again when it is started again. */
    public PipelineMeters of(Pipeline pipeline) {
        return new PipelineMeters(pipeline, registry, stage);
    }
}
