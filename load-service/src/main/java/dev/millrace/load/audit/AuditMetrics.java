package dev.millrace.load.audit;

import dev.millrace.load.ledger.Point;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** What an audit shows; only the replica that does it, and only while it does. Thread-safe. */
@ApplicationScoped
public class AuditMetrics {
    private final MeterRegistry registry;
    private final Map<String, Finding> findings = new ConcurrentHashMap<>();
    private final Map<String, List<Meter>> meters = new ConcurrentHashMap<>();

    AuditMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows what was found, from now on until something else is or it is hidden. */
    void show(String pipeline, List<StageAudit> stages, Finding finding) {
        findings.put(pipeline, finding);
        meters.computeIfAbsent(pipeline, key -> register(pipeline, stages));
    }

    /** Shows nothing of that pipeline any more. */
    void hide(String pipeline) {
        List<Meter> shown = meters.remove(pipeline);
        if (shown != null) {
            shown.forEach(registry::remove);
        }
        findings.remove(pipeline);
    }

    private List<Meter> register(String pipeline, List<StageAudit> stages) {
        List<Meter> registered = new ArrayList<>();
        registered.add(until(pipeline));
        for (StageAudit stage : stages) {
            registered.add(unaccounted(pipeline, stage));
            registered.add(waiting(pipeline, stage));
        }
        for (Point point : Point.values()) {
            registered.add(records(pipeline, point));
        }
        return registered;
    }

    private Gauge until(String pipeline) {
        return Gauge.builder("millrace.audit.until.seconds", value(pipeline, Finding::until))
                .description("Every event accepted before this time was followed to its end.")
                .tag("pipeline", pipeline)
                .register(registry);
    }

    private Gauge unaccounted(String pipeline, StageAudit stage) {
        return Gauge.builder(
                        "millrace.audit.unaccounted.events",
                        value(pipeline, finding -> finding.unaccounted().getOrDefault(stage.stage(), 0L)))
                .description("Events that went into a stage and did not come out of it; negative if more came out.")
                .tag("pipeline", pipeline)
                .tag("stage", stage.stage().label())
                .register(registry);
    }

    private Gauge waiting(String pipeline, StageAudit stage) {
        return Gauge.builder(
                        "millrace.waiting.records",
                        value(pipeline, finding -> finding.waiting().getOrDefault(stage.stage(), 0L)))
                .description("Records before a stage that it has not done with, by the offsets it has committed.")
                .tag("pipeline", pipeline)
                .tag("stage", stage.stage().label())
                .register(registry);
    }

    private Gauge records(String pipeline, Point point) {
        return Gauge.builder(
                        "millrace.audit.records",
                        value(pipeline, finding -> finding.records().getOrDefault(point, 0L)))
                .description("Records counted at a point of the pipeline since its audit began.")
                .tag("pipeline", pipeline)
                .tag("point", point.label())
                .register(registry);
    }

    private java.util.function.Supplier<Number> value(String pipeline, ToDoubleFunction<Finding> of) {
        return () -> {
            Finding finding = findings.get(pipeline);
            return finding == null ? Double.NaN : of.applyAsDouble(finding);
        };
    }
}
