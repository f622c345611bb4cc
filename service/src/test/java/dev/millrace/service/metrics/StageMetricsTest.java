package dev.millrace.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StageMetricsTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final StageMetrics metrics = new StageMetrics(registry, Stage.TRANSFORM);

    @Test
    void names_the_metrics_as_they_are_documented() {
        metrics.events("p", StageMetrics.OK, 41);
        metrics.events("p", StageMetrics.OK, 1);
        metrics.rejected("p", RejectionReason.quality("positive"));
        metrics.worked("p", Duration.ofMillis(30));
        metrics.age("p", Duration.ofMillis(700));

        assertThat(registry.scrape())
                .contains("millrace_events_total{outcome=\"ok\",pipeline=\"p\",stage=\"transform\"} 42.0")
                .contains("millrace_events_total{outcome=\"rejected\",pipeline=\"p\",stage=\"transform\"} 1.0")
                .contains(
                        "millrace_rejected_total{pipeline=\"p\",reason=\"quality.positive\",stage=\"transform\"} 1.0")
                .contains("millrace_stage_seconds_bucket{pipeline=\"p\",stage=\"transform\",le=\"0.05\"} 1")
                .contains("millrace_age_seconds_bucket{pipeline=\"p\",stage=\"transform\",le=\"0.5\"} 0")
                .contains("millrace_age_seconds_bucket{pipeline=\"p\",stage=\"transform\",le=\"1.0\"} 1");
    }

    @Test
    void counts_an_age_before_acceptance_as_none() {
        metrics.age("p", Duration.ofMillis(-5));

        assertThat(registry.scrape()).contains("millrace_age_seconds_sum{pipeline=\"p\",stage=\"transform\"} 0.0");
    }
}
