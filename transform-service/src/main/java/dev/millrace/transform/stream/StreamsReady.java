package dev.millrace.transform.stream;

import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready while every pipeline's stream runs or is being shared out anew. */
@Readiness
@ApplicationScoped
public class StreamsReady implements HealthCheck {
    private final PipelineStreams streams;

    StreamsReady(PipelineStreams streams) {
        this.streams = streams;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("streams");
        boolean ready = true;
        for (var entry : streams.states().entrySet()) {
            KafkaStreams.State state = entry.getValue();
            response.withData(entry.getKey(), state.name());
            ready &= state.isRunningOrRebalancing();
        }
        return response.status(ready).build();
    }
}
