package dev.millrace.transform.stream;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
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
        List<String> broken = streams.broken();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("streams");
        broken.forEach(pipeline -> response.withData(pipeline, "broken"));
        return response.status(broken.isEmpty()).build();
    }
}
