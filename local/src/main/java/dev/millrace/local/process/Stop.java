package dev.millrace.local.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How processes are ended. Thread-safe. */
public final class Stop {
    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private Stop() {}

    /** Asks the process to end and waits; one that takes longer is killed. */
    public static void inOrder(ProcessHandle process, Duration patience) {
        process.destroy();
        await(process, patience);
    }

    /** Like Ctrl-C: what PostgreSQL takes as the wish to end without waiting for its clients. */
    public static void byInterrupt(ProcessHandle process, Duration patience) {
        try {
            new ProcessBuilder(List.of("kill", "-INT", Long.toString(process.pid())))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException noSuchProgram) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await(process, patience);
    }

    /** Ends the process and what it started at once, as {@code kill -9} does. */
    public static void now(ProcessHandle process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        ended(process, FOR_EVER);
        children.forEach(child -> ended(child, FOR_EVER));
    }

    private static void await(ProcessHandle process, Duration patience) {
        if (!ended(process, patience)) {
            now(process);
        }
    }

    /**
     * Waits for it. Not by {@link ProcessHandle#onExit()}: what completes its future is the common pool, which has one thread on
     * a machine of two cores, and others' work may keep that one busy.
     */
    private static boolean ended(ProcessHandle process, Duration patience) {
        long start = System.nanoTime();
        while (process.isAlive()) {
            boolean waitedEnough = System.nanoTime() - start > patience.toNanos();
            if (patience != FOR_EVER && (waitedEnough || Thread.currentThread().isInterrupted())) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return true;
    }
}
