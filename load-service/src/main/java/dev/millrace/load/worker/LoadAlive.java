package dev.millrace.load.worker;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Alive unless a pipeline's thread has ended that only a restart brings back; a database or broker that is away is none. */
@Liveness
@ApplicationScoped
public class LoadAlive implements HealthCheck {
    private final Loader loader;

    LoadAlive(Loader loader) {
        this.loader = loader;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> broken = loader.broken();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("load-threads");
        broken.forEach(pipeline -> response.withData(pipeline, "broken"));
        return response.status(broken.isEmpty()).build();
    }
}
