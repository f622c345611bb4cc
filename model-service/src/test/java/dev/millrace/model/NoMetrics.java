package dev.millrace.model;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Metrics for tests and programs that start no service. */
public final class NoMetrics {
    private NoMetrics() {}

    /** Metrics that nobody reads. */
    public static ModelMetrics make() {
        return new ModelMetrics(new SimpleMeterRegistry());
    }
}
