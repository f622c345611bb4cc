package dev.millrace.transform;

import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the transform counts. A record that is transformed again after a crash is counted again: the counts are of work
 * done, the topics are exact. Thread-safe.
 */
@ApplicationScoped
public class TransformMetrics {
    private final MeterRegistry registry;
    private final StageMetrics stage;
    private final Map<String, Counter> checks = new ConcurrentHashMap<>();

    TransformMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.stage = new StageMetrics(registry, Stage.TRANSFORM);
    }

    /** Counts an event that passed. */
    public void ok(String pipeline) {
        stage.events(pipeline, StageMetrics.OK, 1);
    }

    /** Counts a record that was refused. */
    public void rejected(String pipeline, RejectionReason reason) {
        stage.rejected(pipeline, reason);
    }

    /** Records a record's age, in milliseconds of acceptance, and the nanoseconds that its transform took. */
    public void transformed(String pipeline, long acceptedAt, long nanos) {
        stage.worked(pipeline, Duration.ofNanos(nanos));
        stage.age(pipeline, Duration.ofMillis(System.currentTimeMillis() - acceptedAt));
    }

    /** Counts the results of a pipeline's checks. */
    public CheckListener checks(String pipeline) {
        return (check, passed) -> checks.computeIfAbsent(
                        pipeline + "/" + check + "/" + passed,
                        key -> Counter.builder("millrace.quality.checks")
                                .description("Quality checks made, by result.")
                                .tags("pipeline", pipeline, "check", check, "result", passed ? "pass" : "fail")
                                .register(registry))
                .increment();
    }
}
