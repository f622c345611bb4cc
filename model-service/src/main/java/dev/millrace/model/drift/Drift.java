package dev.millrace.model.drift;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * Compares what models are given, and what they answer, with their training: {@code millrace_drift{model,feature,statistic}}
 * of the version that answered most in the time that is looked at. A version without a reference is not watched.
 * Thread-safe; its memory grows with versions and features, never with predictions.
 */
@ApplicationScoped
public class Drift {
    /** What stands for the scores where features are named. */
    public static final String SCORE = "score";

    /** Of a large batch as many rows are counted as tell its distribution. */
    private static final int ENOUGH = 256;

    private static final int VERSIONS = 8;
    private static final Map<String, ToDoubleFunction<Divergence>> STATISTICS =
            Map.of("psi", Divergence::psi, "ks", Divergence::ks, "missing", Divergence::missing);

    private final MeterRegistry registry;
    private final Duration over;
    private final int atLeast;
    private final Clock clock;
    private final Map<String, Map<String, Watch>> byModel = new ConcurrentHashMap<>();
    private final Set<String> announced = ConcurrentHashMap.newKeySet();

    @Inject
    Drift(DriftSettings settings, MeterRegistry registry) {
        this(settings.over(), settings.atLeast(), registry, Clock.systemUTC());
    }

    /** With settings of its own. */
    public Drift(Duration over, int atLeast, MeterRegistry registry, Clock clock) {
        this.over = over;
        this.atLeast = atLeast;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Counts rows that a version scored.
     *
     * @param reference the version's; null if it has none
     * @param features the names of its features
     * @param values rows × features, row after row
     * @param scores a score a row
     */
    public void observe(
            String model, String version, Reference reference, List<String> features, float[] values, double[] scores) {
        if (reference == null || scores.length == 0) {
            return;
        }
        Map<String, Watch> versions = byModel.computeIfAbsent(model, name -> new ConcurrentHashMap<>());
        Watch watch = versions.get(version);
        if (watch == null) {
            if (versions.size() >= VERSIONS) {
                versions.clear();
            }
            watch = versions.computeIfAbsent(version, name -> new Watch(reference, features, over, clock));
            features.forEach(feature -> announce(model, feature));
            announce(model, SCORE);
        }
        watch.count(values, scores, Math.max(1, scores.length / ENOUGH));
    }

    /** The divergences of the version of that model that answered most; none if there were too few predictions. */
    public Map<String, Divergence> of(String model) {
        return byModel.getOrDefault(model, Map.of()).values().stream()
                .map(Watch::divergences)
                .max(Comparator.comparingLong(Drift::rows))
                .filter(divergences -> rows(divergences) >= atLeast)
                .orElse(Map.of());
    }

    private static long rows(Map<String, Divergence> divergences) {
        return divergences.values().stream().mapToLong(Divergence::rows).max().orElse(0);
    }

    private void announce(String model, String feature) {
        if (announced.add(model + "/" + feature)) {
            STATISTICS.forEach((statistic, value) -> Gauge.builder(
                            "millrace.drift", this, drift -> drift.value(model, feature, value))
                    .description("How far a feature, or the score, is from its distribution in training.")
                    .tags("model", model, "feature", feature, "statistic", statistic)
                    .register(registry));
        }
    }

    private double value(String model, String feature, ToDoubleFunction<Divergence> statistic) {
        Divergence divergence = of(model).get(feature);
        return divergence == null ? Double.NaN : statistic.applyAsDouble(divergence);
    }
}
