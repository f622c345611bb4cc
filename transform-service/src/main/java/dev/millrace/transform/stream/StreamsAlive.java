package dev.millrace.transform.stream;

import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Alive unless a stream is in a state that only a restart ends; a broker that is away is not one. */
@Liveness
@ApplicationScoped
public class StreamsAlive implements HealthCheck {
    private final PipelineStreams streams;

    StreamsAlive(PipelineStreams streams) {
        this.streams = streams;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("streams");
        boolean alive = true;
        for (var entry : streams.states().entrySet()) {
            if (entry.getValue() == KafkaStreams.State.ERROR) {
                response.withData(entry.getKey(), entry.getValue().name());
                alive = false;
            }
        }
        return response.status(alive).build();
    }
}
