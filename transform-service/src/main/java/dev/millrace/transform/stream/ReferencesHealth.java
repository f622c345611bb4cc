package dev.millrace.transform.stream;

import dev.millrace.service.reference.References;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Names the references with their rows and what is wrong with them; a stale one does not make the service unready. */
@Readiness
@ApplicationScoped
public class ReferencesHealth implements HealthCheck {
    private final References references;

    ReferencesHealth(References references) {
        this.references = references;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("references").up();
        references.states().forEach(response::withData);
        return response.build();
    }
}
