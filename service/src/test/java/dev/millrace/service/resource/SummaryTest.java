package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.service.resource.PipelineStatus.Phase;
import dev.millrace.service.resource.PipelineStatus.StageStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Duration SILENCE = Duration.ofSeconds(90);
    private static final StageStatus WORKS = stage(null, 5, "2026-11-21T09:59:50Z");

    @Test
    void a_stage_that_says_nothing_for_long_degrades_the_pipeline() {
        PipelineStatus status = status(Map.of("ingest", WORKS, "transform", stage(null, 5, "2026-11-21T09:58:00Z")));

        assertThat(status.phase()).isEqualTo(Phase.DEGRADED);
        assertThat(status.message()).isEqualTo("transform has said nothing since 2026-11-21T09:58:00Z");
    }

    @Test
    void a_stage_that_does_not_get_on_degrades_the_pipeline_and_says_why() {
        PipelineStatus status = status(
                Map.of("ingest", WORKS, "transform", stage("waits for the warehouse", 5, "2026-11-21T09:59:50Z")));

        assertThat(status.phase()).isEqualTo(Phase.DEGRADED);
        assertThat(status.message()).isEqualTo("transform waits for the warehouse");
    }

    @Test
    void stages_without_a_part_in_the_pipeline_are_not_waited_for_and_not_counted() {
        PipelineStatus status = status(Map.of("ingest", WORKS, "transform", WORKS, "model", WORKS));

        assertThat(status.phase()).isEqualTo(Phase.RUNNING);
        assertThat(status.stages()).containsOnlyKeys("ingest", "transform");
        assertThat(status.lag()).isEqualTo(10);
    }

    private static PipelineStatus status(Map<String, StageStatus> stages) {
        return new Summary(Verdicts.of(Yaml.VALID), stages, NOW, SILENCE).status();
    }

    private static StageStatus stage(String message, long lag, String updatedAt) {
        return new StageStatus(true, 0L, message, 1, lag, 0, null, 1, "a", updatedAt);
    }
}
