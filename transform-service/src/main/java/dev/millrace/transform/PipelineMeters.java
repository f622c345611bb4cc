package dev.millrace.transform;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
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
    private final Map<String, Counter> late;
    private final Counter failures;

    PipelineMeters(Pipeline pipeline, MeterRegistry registry, StageMetrics stage) {
        this.pipeline = pipeline.name();
        this.stage = stage;
        this.checks = new HashMap<>();
        for (QualityRule rule : pipeline.declaration().spec().quality()) {
            Counter pass = check(rule.name(), "pass", registry);
            checks.put(rule.name(), new Results(pass, check(rule.name(), "fail", registry)));
        }
        this.late = new HashMap<>();
        for (int place : pipeline.transform().keyedSteps()) {
            KeyedStep step = pipeline.transform().keyedStep(place);
            if (step instanceof WindowStep) {
                late.put(step.name(), late(step.name(), registry));
            }
        }
        this.failures = Counter.builder("millrace.stream.failures")
                .description("Times a pipeline's stream failed and was started again.")
                .tags("pipeline", pipeline.name())
                .register(registry);
    }

    private Counter late(String step, MeterRegistry registry) {
        return Counter.builder("millrace.late.events")
                .description("Events that came too late to be counted in a step's windows.")
                .tags("pipeline", pipeline, "step", step)
                .register(registry);
    }

    private Counter check(String name, String result, MeterRegistry registry) {
        return Counter.builder("millrace.quality.checks")
                .description("Quality checks made, by result.")
                .tags("pipeline", pipeline, "check", name, "result", result)
                .register(registry);
    }

    /** Counts a record that passed; when it was accepted is in milliseconds of the epoch, here and below. */
    public void ok(long acceptedAt) {
        stage.events(pipeline, StageMetrics.OK, 1);
        age(acceptedAt);
    }

    /** Counts a record that was refused. */
    public void rejected(RejectionReason reason, long acceptedAt) {
        stage.rejected(pipeline, reason);
        age(acceptedAt);
    }

    /** Counts a record that a step left out. */
    public void leftOut(Outcome.Why why, long acceptedAt) {
        stage.events(pipeline, why.name().toLowerCase(Locale.ROOT), 1);
        age(acceptedAt);
    }

    private void age(long acceptedAt) {
        stage.age(pipeline, Duration.ofMillis(System.currentTimeMillis() - acceptedAt));
    }

    /** Counts an event that came too late for that step's windows. */
    public void late(String step) {
        late.get(step).increment();
    }

    /** Records the nanoseconds that a node took for a record. */
    public void worked(long nanos) {
        stage.worked(pipeline, Duration.ofNanos(nanos));
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
