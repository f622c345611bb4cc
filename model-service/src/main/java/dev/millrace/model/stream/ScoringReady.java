package dev.millrace.model.stream;

import dev.millrace.model.registry.Models;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while every pipeline with a model is being scored, but for those whose model nobody has registered yet: no replica
 * has it, and the other pipelines' models answer. Says which model is missing or can not be used.
 */
@Readiness
@ApplicationScoped
public class ScoringReady implements HealthCheck {
    private final ScoringWorkers workers;
    private final Models models;

    ScoringReady(ScoringWorkers workers, Models models) {
        this.workers = workers;
        this.models = models;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("scoring");
        boolean ready = true;
        for (var entry : workers.states().entrySet()) {
            response.withData(entry.getKey(), entry.getValue().text());
            ready &= entry.getValue().isReady();
        }
        models.mistakes().forEach((name, mistake) -> response.withData("model " + name, mistake));
        return response.status(ready).build();
    }
}
