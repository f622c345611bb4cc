package dev.millrace.model.feature;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;

/**
 * The thread that follows the windows of a pipeline. Where following fails or ends it begins again a second later, until it
 * is stopped; meanwhile it knows what is wrong. Thread-safe.
 */
final class FollowerThread {
    private static final Logger LOG = Logger.getLogger(FollowerThread.class);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);
    private static final long BETWEEN_TRIES_MILLIS = 1_000;

    private final String pipeline;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile String problem;

    /** One try, which comes back when it can not go on. */
    interface Following {
        void follow() throws InterruptedException;
    }

    /**
     * A thread that is not started yet.
     *
     * @param pipeline the pipeline's name
     * @param name the thread's
     * @param problem what is wrong until following has begun
     */
    FollowerThread(String pipeline, String name, String problem, Following following) {
        this.pipeline = pipeline;
        this.problem = problem;
        this.thread = new Thread(() -> run(following), name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** What is, or was last, wrong. */
    String problem() {
        return problem;
    }

    /** Something is wrong. */
    void tell(String why) {
        if (!why.equals(problem) && !isStopping()) {
            LOG.warnf("pipeline %s: %s", pipeline, why);
        }
        problem = why;
    }

    private void run(Following following) {
        try {
            while (!isStopping()) {
                try {
                    following.follow();
                } catch (InterruptException e) {
                    return;
                } catch (RuntimeException e) {
                    tell("the state of its windows can not be read: " + e.getMessage());
                }
                stopping.await(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It does not begin again. */
    void stop() {
        stopping.countDown();
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits until it has ended, for a while. */
    void join() {
        try {
            thread.join(ENDS_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
