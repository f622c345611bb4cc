package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnFiguresTest {
    private static final Pipeline ORDERS = Verdicts.of(Yaml.VALID + "  model: { name: fraud, alias: champion }\n")
            .good()
            .orElseThrow()
            .pipeline();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StageMetrics metrics = new StageMetrics(registry, Stage.LOAD);
    private final OwnFigures figures = new OwnFigures(registry);

    @Test
    void counts_what_went_on_per_second_and_what_was_rejected_in_all() {
        metrics.events("orders", StageMetrics.OK, 1_000_000);
        assertThat(read().eventsPerSecond()).isZero();

        metrics.events("orders", StageMetrics.OK, 1_000_000);
        metrics.events("another", StageMetrics.OK, 5);
        metrics.rejected("orders", RejectionReason.MALFORMED);

        Figures next = read();
        assertThat(next.eventsPerSecond()).isGreaterThan(10_000);
        assertThat(next.rejected()).isEqualTo(1);
        assertThat(read().eventsPerSecond()).isZero();
    }

    @Test
    void tells_loads_own_lag_and_that_it_waits_and_the_version_that_scores() {
        Gauge.builder("millrace.load.lag.records", () -> 42)
                .tag("pipeline", "orders")
                .register(registry);
        Gauge.builder("millrace.load.working", () -> 0)
                .tag("pipeline", "orders")
                .register(registry);
        Gauge.builder("millrace.model.info", () -> 1)
                .tags("model", "fraud", "version", "7", "alias", "champion")
                .register(registry);

        assertThat(read().lag()).isEqualTo(42);
        assertThat(read().remark()).contains("waits for the warehouse");
        assertThat(read().modelVersion()).contains("7");
    }

    private Figures read() {
        return figures.read(List.of(ORDERS)).get("orders");
    }
}
