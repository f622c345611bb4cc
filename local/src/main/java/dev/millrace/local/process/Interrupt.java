package dev.millrace.local.process;

/**
 * Ctrl-C, or a plain {@code kill}, as a wish that the main thread fulfils: the JVM waits until that thread has ended
 * what it started. One a process.
 */
public final class Interrupt {
    private boolean wished;
    private boolean done;

    private Interrupt() {}

    /** Listens from now on; the calling thread is interrupted in whatever it waits for. */
    public static Interrupt listen() {
        Interrupt interrupt = new Interrupt();
        Thread caller = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt.wish(caller), "interrupt"));
        return interrupt;
    }

    private synchronized void wish(Thread caller) {
        wished = true;
        caller.interrupt();
        try {
            while (!done) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it came. */
    public synchronized boolean isWished() {
        return wished;
    }

    /**
     * Waits that long for the wish; true if it came. The thread is not interrupted any more then: what it does next is to
     * end everything in order, which takes its time.
     */
    public synchronized boolean await(long millis) {
        try {
            if (!wished) {
                wait(millis);
            }
        } catch (InterruptedException heard) {
            return wished;
        }
        if (wished) {
            Thread.interrupted();
        }
        return wished;
    }

    /** All has been ended. */
    public synchronized void done() {
        done = true;
        notifyAll();
    }
}
