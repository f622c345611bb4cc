package dev.millrace.service.leadership;

import static dev.millrace.service.resource.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.service.resource.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a mock API server; what it can not show is told at {@link ApiServer}. */
class CandidateTest {
    private static final Duration LEASE = Duration.ofSeconds(8);
    private static final Duration PROMISE = Duration.ofSeconds(15);

    private final List<Candidate> candidates = new ArrayList<>();
    private final List<KubernetesClient> clients = new ArrayList<>();
    private ApiServer api;

    @BeforeEach
    void begin() throws IOException {
        api = new ApiServer();
    }

    @AfterEach
    void end() {
        candidates.forEach(Candidate::close);
        clients.forEach(KubernetesClient::close);
        api.close();
    }

    @Test
    void one_leads_and_another_takes_over_within_the_promised_time_of_its_death() {
        api.start();
        Candidate first = stand("a");
        await().atMost(PROMISE).until(first::held);
        Candidate second = stand("b");

        // A process that is killed does not give its lease back: it only falls silent.
        clients.get(0).close();

        long died = System.nanoTime();
        await().atMost(PROMISE).until(() -> {
            assertThat(first.held() && second.held()).isFalse();
            return second.held();
        });
        assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(PROMISE);
        assertThat(first.held()).isFalse();
    }

    @Test
    void who_ends_in_order_gives_the_lease_back_so_that_nobody_waits_for_its_end() {
        api.start();
        Candidate first = stand("a");
        await().atMost(PROMISE).until(first::held);
        Candidate second = stand("b");

        first.close();

        await().atMost(LEASE.minusSeconds(1)).until(second::held);
    }

    @Test
    void nobody_leads_without_an_api_server_and_someone_does_once_it_is_back() {
        Candidate only = stand("a");
        assertThat(only.held()).isFalse();

        api.start();
        await().atMost(PROMISE).until(only::held);

        api.stop();
        await().atMost(LEASE).until(() -> !only.held());

        api.start();
        await().atMost(Duration.ofSeconds(20)).until(only::held);
    }

    @Test
    void a_replica_whose_lease_was_taken_stands_again() {
        api.start();
        Candidate only = stand("a");
        await().atMost(PROMISE).until(only::held);

        api.admin().leases().inNamespace(NAMESPACE).withName("millrace-ingest").edit(lease -> {
            lease.getSpec().setHolderIdentity("z");
            lease.getSpec().setRenewTime(java.time.ZonedDateTime.now());
            return lease;
        });

        await().atMost(PROMISE).until(() -> !only.held());
        await().atMost(PROMISE).until(only::held);
    }

    private Candidate stand(String replica) {
        KubernetesClient client = api.connect();
        clients.add(client);
        Candidate candidate = new Candidate(client, NAMESPACE, "millrace-ingest", replica, LEASE);
        candidates.add(candidate);
        candidate.stand();
        return candidate;
    }
}
