package dev.millrace.service.leadership;

import dev.millrace.service.cluster.Cluster;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Leadership by a Kubernetes lease named after the service; where elections are off, every replica leads. */
@ApplicationScoped
public class LeaseLeadership implements Leadership {
    /** After the pipelines were stopped: another replica must not begin while this one still works. */
    private static final int LAST = 10_000;

    private final LeaderConfig config;
    private final Cluster cluster;
    private final String service;
    private final String replica;
    private volatile Candidate candidate;

    LeaseLeadership(
            LeaderConfig config, Cluster cluster, @ConfigProperty(name = "quarkus.application.name") String service) {
        this.config = config;
        this.cluster = cluster;
        this.service = service;
        this.replica = config.replica().orElseGet(LeaseLeadership::hostName);
    }

    @Override
    public boolean held() {
        Candidate standing = candidate;
        return !config.enabled() || standing != null && standing.held();
    }

    @Override
    public String replica() {
        return replica;
    }

    void start(@Observes StartupEvent event) {
        if (config.enabled()) {
            Candidate standing = new Candidate(cluster.client(), cluster.namespace(), service, replica, config.lease());
            candidate = standing;
            standing.stand();
        }
    }

    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        if (candidate != null) {
            candidate.close();
        }
    }

    private static String hostName() {
        String host = System.getenv("HOSTNAME");
        // Two processes of one machine must not take themselves for each other.
        return host != null && System.getenv("KUBERNETES_SERVICE_HOST") != null
                ? host
                : (host == null ? "replica" : host) + "-"
                        + UUID.randomUUID().toString().substring(0, 8);
    }
}
