package dev.millrace.service.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Stands for election until it is closed: who loses the lease, stands again. {@link #held()} goes by this process's clock
 * and says no before the lease can have run out for others, even while the API server does not answer.
 */
final class Candidate implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Candidate.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String lease;
    private final String replica;
    private final Duration duration;
    private final Duration renewal;
    private final Duration retry;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "leader");
        thread.setDaemon(true);
        return thread;
    });

    private volatile TimedLock lock;
    private volatile boolean leading;
    private CompletableFuture<?> election;
    private boolean closed;

    Candidate(KubernetesClient client, String namespace, String lease, String replica, Duration duration) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
        this.replica = replica;
        this.duration = duration;
        this.renewal = duration.multipliedBy(3).dividedBy(4);
        // Candidates ask after one to 2.2 times as long.
        this.retry = duration.dividedBy(5);
    }

    /** Stands for election; returns at once. */
    synchronized void stand() {
        if (closed) {
            return;
        }
        TimedLock mine = new TimedLock(new LeaseLock(namespace, lease, replica));
        LeaderElectionConfig config = new LeaderElectionConfigBuilder()
                .withName(lease)
                .withLock(mine)
                .withLeaseDuration(duration)
                .withRenewDeadline(renewal)
                .withRetryPeriod(retry)
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(this::won, this::lost, leader -> {}))
                .build();
        leading = false;
        lock = mine;
        election = new LeaderElectorBuilder(client, executor)
                .withConfig(config)
                .build()
                .start();
        election.whenComplete((ended, failure) -> standAgain());
    }

    boolean held() {
        TimedLock mine = lock;
        return leading && mine != null && System.nanoTime() - mine.writtenAtNanos() < renewal.toNanos();
    }

    /** Gives the lease back, so that another replica need not wait for its end. */
    @Override
    public void close() {
        CompletableFuture<?> running;
        synchronized (this) {
            closed = true;
            running = election;
        }
        leading = false;
        if (running != null) {
            running.cancel(true);
        }
        executor.shutdown();
    }

    private synchronized void standAgain() {
        if (!closed) {
            executor.schedule(this::stand, retry.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void won() {
        leading = true;
        LOG.infof("leader of %s: this replica, %s", lease, replica);
    }

    private void lost() {
        leading = false;
        LOG.infof("leader of %s: not this replica any more, %s", lease, replica);
    }
}
