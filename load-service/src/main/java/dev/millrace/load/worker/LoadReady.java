package dev.millrace.load.worker;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while every worker loads or could. A pipeline whose tables do not fit is named but does not make the service
 * unready, like a declaration with a mistake: neither a restart nor another replica would help, and the others go on.
 */
@Readiness
@ApplicationScoped
public class LoadReady implements HealthCheck {
    private final Loader loader;

    LoadReady(Loader loader) {
        this.loader = loader;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, WorkerState> states = loader.states();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("load");
        states.forEach((pipeline, state) -> response.withData(pipeline, state.inWords()));
        return response.status(states.values().stream().allMatch(LoadReady::fine))
                .build();
    }

    private static boolean fine(WorkerState state) {
        return !(state instanceof WorkerState.Waiting) && !(state instanceof WorkerState.Starting);
    }
}
