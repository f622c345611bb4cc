package dev.millrace.transform;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the transform counts of one pipeline. It counts work, not results: a record whose transaction is aborted by a
 * crash or a rebalance is transformed, and counted, again. The topics are exact. Thread-safe.
 */
public final class PipelineMeters implements CheckListener {
    private record Results(Counter pass, Counter fail) {}

    private final String pipeline;
    private final StageMetrics stage;
    private final Map<String, Results> checks;
    private final Counter failures;

    PipelineMeters(Pipeline pipeline, MeterRegistry registry, StageMetrics stage) {
        this.pipeline = pipeline.name();
        this.stage = stage;
        this.checks = new HashMap<>();
        for (QualityRule rule : pipeline.declaration().spec().quality()) {
            Counter pass = check(rule.name(), "pass", registry);
            checks.put(rule.name(), new Results(pass, check(rule.name(), "fail", registry)));
        }
        this.failures = Counter.builder("millrace.stream.failures")
                .description("Times a pipeline's stream failed and was started again.")
                .tags("pipeline", pipeline.name())
                .register(registry);
    }

    private Counter check(String name, String result, MeterRegistry registry) {
        return Counter.builder("millrace.quality.checks")
                .description("Quality checks made, by result.")
                .tags("pipeline", pipeline, "check", name, "result", result)
                .register(registry);
    }

    /** Counts a record that passed. */
    public void ok() {
        stage.events(pipeline, StageMetrics.OK, 1);
    }

    /** Counts a record that was refused. */
    public void rejected(RejectionReason reason) {
        stage.rejected(pipeline, reason);
    }

    /** Records when a record was accepted, in milliseconds of the epoch, and the nanoseconds that were spent on it. */
    public void left(long acceptedAt, long nanos) {
        stage.worked(pipeline, Duration.ofNanos(nanos));
        stage.age(pipeline, Duration.ofMillis(System.currentTimeMillis() - acceptedAt));
    }

    /** Counts a stream thread that failed. */
    public void streamFailed() {
        failures.increment();
    }

    @Override
    public void checked(String check, boolean passed) {
        Results results = checks.get(check);
        (passed ? results.pass() : results.fail()).increment();
    }
}
