package dev.millrace.model.stream;

import dev.millrace.model.NoMetrics;
import dev.millrace.model.registry.Models;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import java.time.Duration;
import java.util.Map;

/** Workers for tests and programs that start no service. */
final class Workers {
    private Workers() {}

    /** A worker of that name, not started. */
    static ScoringWorker of(Pipeline pipeline, Models models, String instance, int batch, String bootstrapServers) {
        StreamSettings settings = new StreamSettings() {
            @Override
            public int batch() {
                return batch;
            }

            @Override
            public String instance() {
                return instance;
            }

            @Override
            public Duration sessionTimeout() {
                return Duration.ofSeconds(6);
            }
        };
        return new ScoringWorker(
                pipeline,
                pipeline.declaration().spec().model().orElseThrow(),
                new Traffic(models),
                true,
                NoMetrics.make(),
                settings,
                Map.of("bootstrap.servers", bootstrapServers));
    }
}
