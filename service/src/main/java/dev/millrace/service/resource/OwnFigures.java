package dev.millrace.service.resource;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What this replica does, read from its metrics. One thread. */
final class OwnFigures {
    private final MeterRegistry registry;
    private final ConsumerLag consumerLag = new ConsumerLag();
    private final Map<String, Double> counted = new HashMap<>();
    private long countedAtNanos = System.nanoTime();

    OwnFigures(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The figures of these pipelines; rates are over the time since the last call. */
    Map<String, Figures> read(Collection<Pipeline> pipelines) {
        long now = System.nanoTime();
        double seconds = Math.max(0.001, (now - countedAtNanos) / 1e9);
        countedAtNanos = now;
        Map<String, Figures> figures = new TreeMap<>();
        for (Pipeline pipeline : pipelines) {
            String name = pipeline.name();
            double total =
                    registry
                            .find("millrace.events")
                            .tags("pipeline", name, "outcome", StageMetrics.OK)
                            .counters()
                            .stream()
                            .mapToDouble(Counter::count)
                            .sum();
            Double before = counted.put(name, total);
            double rate = before == null ? 0 : Math.max(0, total - before) / seconds;
            figures.put(name, new Figures(rate, lag(pipeline), rejected(name), modelVersion(pipeline), remark(name)));
        }
        counted.keySet().retainAll(figures.keySet());
        return figures;
    }

    private long rejected(String pipeline) {
        return (long) registry.find("millrace.rejected").tag("pipeline", pipeline).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** Load keeps its positions in the warehouse and knows its lag better than its consumer does. */
    private long lag(Pipeline pipeline) {
        return gauge("millrace.load.lag.records", pipeline.name())
                .map(Double::longValue)
                .orElseGet(() -> consumerLag.of(pipeline.topics()));
    }

    private Optional<String> remark(String pipeline) {
        return gauge("millrace.load.working", pipeline)
                .filter(working -> working == 0)
                .map(waiting -> "waits for the warehouse");
    }

    private Optional<String> modelVersion(Pipeline pipeline) {
        return pipeline.declaration()
                .spec()
                .model()
                .flatMap(model -> registry
                        .find("millrace.model.info")
                        .tags("model", model.name(), "alias", model.effectiveAlias())
                        .gauges()
                        .stream()
                        .filter(gauge -> gauge.value() == 1)
                        .map(Gauge::getId)
                        .map((Meter.Id id) -> id.getTag("version"))
                        .findFirst());
    }

    private Optional<Double> gauge(String name, String pipeline) {
        return Optional.ofNullable(registry.find(name).tag("pipeline", pipeline).gauge())
                .map(Gauge::value);
    }
}
