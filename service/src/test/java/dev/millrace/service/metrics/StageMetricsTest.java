package dev.millrace.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StageMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StageMetrics metrics = new StageMetrics(registry, Stage.TRANSFORM);

    @Test
    void counts_events_by_outcome_and_rejections_also_by_reason() {
        metrics.events("p", StageMetrics.OK, 41);
        metrics.events("p", StageMetrics.OK, 1);
        metrics.rejected("p", RejectionReason.quality("positive"));

        assertThat(events("ok")).isEqualTo(42);
        assertThat(events("rejected")).isEqualTo(1);
        assertThat(registry.get("millrace.rejected")
                        .tags("pipeline", "p", "stage", "transform", "reason", "quality.positive")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void counts_an_age_before_acceptance_as_none() {
        metrics.age("p", Duration.ofMillis(-5));
        metrics.age("p", Duration.ofMillis(700));

        assertThat(registry.get("millrace.age").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(700);
    }

    private double events(String outcome) {
        return registry.get("millrace.events")
                .tags("pipeline", "p", "stage", "transform", "outcome", outcome)
                .counter()
                .count();
    }
}
