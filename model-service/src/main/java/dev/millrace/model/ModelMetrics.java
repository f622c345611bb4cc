package dev.millrace.model;

import dev.millrace.model.drift.Drift;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What model-service counts: the stage's own metrics, and those of predictions, in the stream and over HTTP. */
@ApplicationScoped
public class ModelMetrics {
    /** The route of predictions in the stream. */
    public static final String STREAM = "stream";
    /** The route of predictions over HTTP. */
    public static final String HTTP = "http";

    private static final Duration[] TIMES = {
        Duration.ofNanos(500_000), Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5),
        Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100),
        Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(5)
    };
    private static final Duration[] AGES = {
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
        Duration.ofMillis(2_500), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30),
        Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1),
        Duration.ofHours(6), Duration.ofDays(1)
    };
    private static final double[] SCORES = {0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};

    private static final double[] SHARES = {0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0};

    private final MeterRegistry registry;
    private final StageMetrics stage;
    private final Drift drift;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<String, DistributionSummary> scores = new ConcurrentHashMap<>();

    ModelMetrics(MeterRegistry registry, Drift drift) {
        this.registry = registry;
        this.drift = drift;
        this.stage = new StageMetrics(registry, Stage.MODEL);
    }

    /** The stage's metrics. */
    public StageMetrics stage() {
        return stage;
    }

    /** What compares features and scores with those of training. */
    public Drift drift() {
        return drift;
    }

    /** Counts a record that was refused. */
    public void rejected(String pipeline, RejectionReason reason) {
        stage.rejected(pipeline, reason);
    }

    /** Counts predictions by their outcome. */
    public void predicted(String model, String version, String route, String outcome, int count) {
        counters.computeIfAbsent(
                        model + "/" + version + "/" + route + "/" + outcome,
                        key -> Counter.builder("millrace.predictions")
                                .description("Predictions, by model, version, route and outcome.")
                                .tags("model", model, "version", version, "route", route, "outcome", outcome)
                                .register(registry))
                .increment(count);
    }

    /** Counts a prediction of a shadow, by whether its label is that of the answer. */
    public void compared(String model, String version, boolean same) {
        counters.computeIfAbsent(
                        model + "/" + version + "/compared/" + same,
                        key -> Counter.builder("millrace.shadow.compared")
                                .description("Predictions of shadows, by whether their label was that of the answer.")
                                .tags("model", model, "version", version, "label", same ? "same" : "other")
                                .register(registry))
                .increment();
    }

    /** Records which share of a shadow's list and of the one that was answered stands on both. */
    public void overlapped(String model, String version, double share) {
        scores.computeIfAbsent(
                        model + "/" + version + "/overlap",
                        key -> DistributionSummary.builder("millrace.shadow.overlap")
                                .description("Lists of shadows: the share of items that stand on the answered one too.")
                                .tags("model", model, "version", version)
                                .serviceLevelObjectives(SHARES)
                                .register(registry))
                .record(share);
    }

    /** Counts predictions of which no word was kept. */
    public void dropped(String model, int count) {
        counters.computeIfAbsent(
                        model + "/dropped",
                        key -> Counter.builder("millrace.predictions.dropped")
                                .description("Predictions that were answered but not written to their topic.")
                                .tags("model", model)
                                .register(registry))
                .increment(count);
    }

    /** Records how long a call of the model took, for however many rows. */
    public void took(String model, String version, Duration time) {
        timers.computeIfAbsent(
                        model + "/" + version,
                        key -> Timer.builder("millrace.prediction")
                                .description("How long a call of a model took, whatever its rows.")
                                .tags("model", model, "version", version)
                                .serviceLevelObjectives(TIMES)
                                .register(registry))
                .record(time);
    }

    /**
     * Records how long ago the newest was accepted that an answer's live features hold.
     *
     * @param asOf when that was; nothing where the answer has no live features, or nothing was counted yet
     */
    public void featuresAsOf(String pipeline, Optional<Instant> asOf) {
        asOf.ifPresent(at -> {
            Duration age = Duration.between(at, Instant.now());
            // Another machine's clock says when it was accepted.
            timers.computeIfAbsent(
                            "features/" + pipeline,
                            key -> Timer.builder("millrace.feature.age")
                                    .description("How old the live features of an answer were.")
                                    .tags("pipeline", pipeline)
                                    .serviceLevelObjectives(AGES)
                                    .register(registry))
                    .record(age.isNegative() ? Duration.ZERO : age);
        });
    }

    /** Records a score. */
    public void scored(String model, String version, double score) {
        scores.computeIfAbsent(
                        model + "/" + version,
                        key -> DistributionSummary.builder("millrace.prediction.score")
                                .description("The scores that a model gave.")
                                .tags("model", model, "version", version)
                                .serviceLevelObjectives(SCORES)
                                .register(registry))
                .record(score);
    }
}
