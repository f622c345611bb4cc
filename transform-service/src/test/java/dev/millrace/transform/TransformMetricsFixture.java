package dev.millrace.transform;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Metrics for tests that start no service. */
public final class TransformMetricsFixture {
    private TransformMetricsFixture() {}

    public static TransformMetrics metrics() {
        return new TransformMetrics(new SimpleMeterRegistry());
    }
}
