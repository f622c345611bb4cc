package dev.millrace.service.pipelines;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every valid pipeline runs; a declaration with a mistake, or one that can
 * not go on with the state that there is, is named but does not make the service unready. */
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
        pipelines.refusals().forEach((name, reason) -> response.withData("change of " + name, reason));
        pipelines.delays().forEach(response::withData);
        pipelines.remark().ifPresent(remark -> response.withData("source", remark));
        return response.build();
    }
}
