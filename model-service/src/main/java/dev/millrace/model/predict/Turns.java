package dev.millrace.model.predict;

import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets as many lists be made at once as there are processors, and the others wait in the order in which they came. Making one
 * takes a processor and waits for nothing: more at once would only interrupt each other, and all be as late as the last.
 * Thread-safe.
 */
@ApplicationScoped
public class Turns {
    private final Semaphore free;

    @Inject
    Turns() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Turns(int atOnce) {
        this.free = new Semaphore(atOnce, true);
    }

    /**
     * Does that as soon as it is its turn.
     *
     * @throws LateException if the deadline passed before
     */
    <T> T take(Deadline deadline, Supplier<T> work) {
        try {
            if (!free.tryAcquire(deadline.nanosLeft(), TimeUnit.NANOSECONDS)) {
                throw new LateException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LateException();
        }
        try {
            return work.get();
        } finally {
            free.release();
        }
    }
}
