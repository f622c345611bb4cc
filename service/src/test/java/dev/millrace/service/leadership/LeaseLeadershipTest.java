package dev.millrace.service.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.service.cluster.Cluster;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseLeadershipTest {
    @Test
    void without_elections_each_replica_leads_and_no_client_is_made() {
        Cluster none = new Cluster(
                () -> {
                    throw new AssertionError("nobody is to ask for a cluster");
                },
                Optional.empty());
        LeaseLeadership leadership = new LeaseLeadership(settings(), none, "millrace-ingest");

        leadership.start(new StartupEvent());

        assertThat(leadership.held()).isTrue();
        leadership.stop(new ShutdownEvent());
    }

    private static LeaderConfig settings() {
        return new LeaderConfig() {
            @Override
            public boolean enabled() {
                return false;
            }

            @Override
            public Duration lease() {
                return Duration.ofSeconds(8);
            }

            @Override
            public Optional<String> replica() {
                return Optional.empty();
            }
        };
    }
}
