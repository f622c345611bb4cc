package dev.millrace.model;

import dev.millrace.model.drift.Drift;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/** Metrics for tests and programs that start no service. */
public final class NoMetrics {
    private NoMetrics() {}

    /** Metrics that nobody reads. */
    public static ModelMetrics make() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        return new ModelMetrics(meters, new Drift(Duration.ofHours(1), 1, meters, Clock.systemUTC()));
    }
}
