package dev.millrace.local.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How processes are ended. Thread-safe. */
public final class Stop {
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
        process.onExit().join();
        children.forEach(child -> child.onExit().join());
    }

    private static void await(ProcessHandle process, Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            now(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            now(process);
        }
    }
}
