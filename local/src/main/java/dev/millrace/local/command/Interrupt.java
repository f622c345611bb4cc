package dev.millrace.local.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or a plain {@code kill}, as a wish that the main thread fulfils: the JVM waits until that thread has ended
 * what it started. One a process.
 */
final class Interrupt {
    private final CountDownLatch wished = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    private Interrupt() {}

    /** Listens from now on; the calling thread is interrupted in whatever it waits for. */
    static Interrupt listen() {
        Interrupt interrupt = new Interrupt();
        Thread caller = Thread.currentThread();
        Thread hook = new Thread(
                () -> {
                    interrupt.wished.countDown();
                    caller.interrupt();
                    interrupt.awaitDone();
                },
                "interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        return interrupt;
    }

    boolean isWished() {
        return wished.getCount() == 0;
    }

    /** Waits that long for the wish; true if it came. */
    boolean await(long millis) {
        try {
            return wished.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** All has been ended. */
    void done() {
        done.countDown();
    }

    private void awaitDone() {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
