package dev.millrace.service.leadership;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How replicas agree on the one that does what must be done once. */
@ConfigMapping(prefix = "millrace.leader")
public interface LeaderConfig {
    /**
     * Whether the replicas of this service elect one of them, by the Kubernetes lease {@code millrace-<service>}, to read
     * files and to write status. If not, each does.
     */
    @WithDefault("false")
    boolean enabled();

    /** How long a lease holds that is not renewed. A killed leader is replaced after half as long again at the latest. */
    @WithDefault("8s")
    Duration lease();

    /** This replica's name among those of its service. Default: the host's, which in a cluster is the pod's. */
    Optional<String> replica();
}
