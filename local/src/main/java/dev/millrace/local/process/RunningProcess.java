package dev.millrace.local.process;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a process, to find it again from another one. A number alone is not enough: the system gives
 * it to a new process some day.
 *
 * @param pid its number
 * @param startedMillis when it was started, in milliseconds since 1970
 */
public record RunningProcess(long pid, long startedMillis) {
    /** A system tells the start to the second only, from a clock that may be set. */
    private static final Duration CLOCK = Duration.ofSeconds(3);

    /** Writes down that process. */
    public static RunningProcess of(ProcessHandle process) {
        return new RunningProcess(process.pid(), started(process));
    }

    /** The process, if it still runs. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> Math.abs(started(process) - startedMillis) <= CLOCK.toMillis());
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
