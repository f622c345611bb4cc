package dev.millrace.service.metrics;

import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one stage counts of each pipeline: {@code millrace_events_total}, {@code millrace_rejected_total},
 * {@code millrace_stage_seconds} and {@code millrace_age_seconds}. Thread-safe and cheap enough for every event.
 */
public final class StageMetrics {
    /** The outcome of an event that went on. */
    public static final String OK = "ok";
    /** The outcome of an event that went to the rejected topic. */
    public static final String REJECTED = "rejected";
    /** The outcome of an event that was there already and changed nothing. */
    public static final String DUPLICATE = "duplicate";

    private static final Duration[] STAGE_BOUNDS = millis(1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000);
    private static final Duration[] AGE_BOUNDS =
            millis(10, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 900000, 3600000);

    private final MeterRegistry registry;
    private final Stage stage;
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    /** A meter of a pipeline, and what it tells apart. */
    private record Key(String meter, String pipeline, String detail) {}

    /** The metrics of that stage. */
    public StageMetrics(MeterRegistry registry, Stage stage) {
        this.registry = registry;
        this.stage = stage;
    }

    /** Counts events that left the stage with that outcome. */
    public void events(String pipeline, String outcome, long count) {
        counter("millrace.events", "Events that left a stage, by outcome.", pipeline, "outcome", outcome)
                .increment(count);
    }

    /** Counts one refused record, also among the events. */
    public void rejected(String pipeline, RejectionReason reason) {
        events(pipeline, REJECTED, 1);
        counter("millrace.rejected", "Records that a stage refused, by reason.", pipeline, "reason", reason.code())
                .increment();
    }

    private Counter counter(String name, String description, String pipeline, String tag, String value) {
        Key key = new Key(name, pipeline, value);
        // Asked for each event: found without a lock.
        Counter known = counters.get(key);
        return known != null
                ? known
                : counters.computeIfAbsent(
                        key,
                        absent -> Counter.builder(name)
                                .description(description)
                                .tags(tags(pipeline).and(tag, value))
                                .register(registry));
    }

    /** Records how long the stage worked on an event or a batch. */
    public void worked(String pipeline, Duration time) {
        timer("millrace.stage", "How long a stage worked on a request or batch.", STAGE_BOUNDS, pipeline)
                .record(time);
    }

    /** Records the time from an event's acceptance to here. */
    public void age(String pipeline, Duration age) {
        timer("millrace.age", "Time from an event's acceptance to its leaving the stage.", AGE_BOUNDS, pipeline)
                .record(age.isNegative() ? Duration.ZERO : age);
    }

    private Timer timer(String name, String description, Duration[] bounds, String pipeline) {
        Key key = new Key(name, pipeline, "");
        Timer known = timers.get(key);
        return known != null
                ? known
                : timers.computeIfAbsent(
                        key,
                        absent -> Timer.builder(name)
                                .description(description)
                                .tags(tags(pipeline))
                                .serviceLevelObjectives(bounds)
                                .register(registry));
    }

    private Tags tags(String pipeline) {
        return Tags.of("pipeline", pipeline, "stage", stage.label());
    }

    private static Duration[] millis(long... values) {
        return java.util.Arrays.stream(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
