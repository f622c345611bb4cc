package dev.millrace.service.pipelines;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every valid pipeline runs; a declaration with a mistake is named but does not make the service unready. */
@Readiness
@ApplicationScoped
public class PipelinesReady implements HealthCheck {
    private final Pipelines pipelines;

    PipelinesReady(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("pipelines").status(pipelines.ready());
        pipelines.all().forEach(pipeline -> response.withData(pipeline.name(), "running"));
        pipelines.mistakes().forEach(response::withData);
        pipelines.delays().forEach(response::withData);
        pipelines.remark().ifPresent(remark -> response.withData("source", remark));
        return response.build();
    }
}
