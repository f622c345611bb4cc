package dev.millrace.model.predict;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready once what the windows hold is there, for each pipeline whose model needs it. */
@Readiness
@ApplicationScoped
public class LiveFeaturesReady implements HealthCheck {
    /** What is said of a pipeline whose events can be completed. */
    static final String READY = "ready";

    private final LivePreparation preparation;

    LiveFeaturesReady(LivePreparation preparation) {
        this.preparation = preparation;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("live features");
        boolean ready = true;
        for (Map.Entry<String, String> pipeline : preparation.states().entrySet()) {
            response.withData(pipeline.getKey(), pipeline.getValue());
            ready &= pipeline.getValue().equals(READY);
        }
        return response.status(ready).build();
    }
}
