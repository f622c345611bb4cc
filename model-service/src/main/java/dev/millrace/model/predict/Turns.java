package dev.millrace.model.predict;

import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets as many answers be made at once as there are processors, on threads of their own, and the others wait in the order in
 * which they came. Making one takes a processor and waits for little: more at once would only interrupt each other, and all be
 * as late as the last. Thread-safe.
 */
@ApplicationScoped
public class Turns {
    private static final long LOOK_MILLIS = 50;

    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "turns-clock");
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    Turns() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Turns(int atOnce) {
        this.threads =
                new ThreadPoolExecutor(atOnce, atOnce, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "turn");
                    thread.setDaemon(true);
                    return thread;
                });
        clock.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Somebody's turn, once it comes. */
    private record Turn(Deadline deadline, Runnable work, Consumer<LateException> late) implements Runnable {
        @Override
        public void run() {
            if (deadline.passed()) {
                late.accept(new LateException());
            } else {
                work.run();
            }
        }
    }

    /** Does that as soon as it is its turn, or says that it is late: within moments of the deadline. */
    void later(Deadline deadline, Runnable work, Consumer<LateException> late) {
        threads.execute(new Turn(deadline, work, late));
    }

    /**
     * Does that as soon as it is its turn, for a caller that waits.
     *
     * @throws LateException if the deadline passed before
     */
    <T> T take(Deadline deadline, Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        later(
                deadline,
                () -> {
                    if (begun.complete(null)) {
                        done.completeAsync(work, Runnable::run);
                    }
                },
                done::completeExceptionally);
        try {
            try {
                return done.get(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (begun.completeExceptionally(e)) {
                    throw new LateException();
                }
                // What was begun in time says itself whether it is late.
                return done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LateException();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failed ? failed : new IllegalStateException(e.getCause());
        }
    }

    /** Whose time is over is told so while others are still at it. */
    private void look() {
        for (Runnable waiting : threads.getQueue()) {
            if (waiting instanceof Turn turn && turn.deadline().passed() && threads.remove(turn)) {
                turn.late().accept(new LateException());
            }
        }
    }

    @PreDestroy
    void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
