package dev.millrace.service.reference;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What is told of references while their pipelines run. Thread-safe. */
final class ReferenceMeters {
    private final MeterRegistry registry;
    private final Map<String, List<Meter>> shown = new ConcurrentHashMap<>();

    ReferenceMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Lookups with other columns read the same file or topic once more; it is shown once. */
    void show(String pipeline, Collection<Followed> references) {
        List<Meter> meters = new ArrayList<>();
        references.stream().collect(Collectors.groupingBy(Followed::name)).forEach((name, readings) -> {
            meters.add(Gauge.builder("millrace.reference.rows", readings, ReferenceMeters::rows)
                    .description("Rows that lookups find in a reference.")
                    .tags("pipeline", pipeline, "reference", name)
                    .strongReference(true)
                    .register(registry));
            meters.add(Gauge.builder("millrace.reference.problem", readings, ReferenceMeters::problem)
                    .description("1 while a reference does not hold what it should.")
                    .tags("pipeline", pipeline, "reference", name)
                    .strongReference(true)
                    .register(registry));
        });
        shown.put(pipeline, meters);
    }

    void hide(String pipeline) {
        List<Meter> meters = shown.remove(pipeline);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
    }

    private static double rows(List<Followed> readings) {
        return readings.stream().mapToInt(Followed::size).max().orElse(0);
    }

    private static double problem(List<Followed> readings) {
        return readings.stream().anyMatch(reading -> reading.problem().isPresent()) ? 1 : 0;
    }
}
