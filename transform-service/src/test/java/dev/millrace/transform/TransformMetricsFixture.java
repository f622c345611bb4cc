package dev.millrace.transform;

import dev.millrace.pipeline.Pipeline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Meters for tests that start no service. */
public final class TransformMetricsFixture {
    private TransformMetricsFixture() {}

    public static PipelineMeters meters(Pipeline pipeline) {
        return new TransformMetrics(new SimpleMeterRegistry()).of(pipeline);
    }
}
