package dev.millrace.transform.stream;

import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the broker answers and every pipeline's stream runs or is being shared out anew. The broker is asked
 * because Kafka Streams is in state RUNNING also while it waits for one that is away.
 */
@Readiness
@ApplicationScoped
public class StreamsReady implements HealthCheck {
    private final PipelineStreams streams;
    private final BrokerProbe broker;

    StreamsReady(PipelineStreams streams, BrokerProbe broker) {
        this.streams = streams;
        this.broker = broker;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("streams");
        boolean ready = broker.answers();
        if (!ready) {
            response.withData("broker", "does not answer");
        }
        for (var entry : streams.states().entrySet()) {
            KafkaStreams.State state = entry.getValue();
            response.withData(entry.getKey(), state.name());
            ready &= state.isRunningOrRebalancing();
        }
        return response.status(ready).build();
    }
}
