package dev.millrace.service.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;

/**
 * A lock that remembers when it was last taken or renewed, by this process's own steady clock, counted from before the
 * request: the elector alone would notice a lost lease only after a request that hangs. It also gives every failure the
 * form for which the elector tries again; any other would end it silently.
 */
final class TimedLock implements Lock {
    private final Lock lock;
    private volatile long writtenAtNanos;

    TimedLock(Lock lock) {
        this.lock = lock;
    }

    /** When the last successful write began, by {@link System#nanoTime()}. */
    long writtenAtNanos() {
        return writtenAtNanos;
    }

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
        try {
            return lock.get(client);
        } catch (RuntimeException e) {
            throw retryable(e);
        }
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord written) {
        write(() -> lock.create(client, written));
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord written) {
        write(() -> lock.update(client, written));
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }

    private void write(Runnable request) {
        long before = System.nanoTime();
        try {
            request.run();
        } catch (RuntimeException e) {
            throw retryable(e);
        }
        writtenAtNanos = before;
    }

    private static KubernetesClientException retryable(RuntimeException e) {
        return e instanceof KubernetesClientException known ? known : new KubernetesClientException(e.toString(), e);
    }
}
