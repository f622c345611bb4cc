package dev.millrace.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Launch;
import dev.millrace.local.process.RunningProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ending a stack from outside, by what it has written down of itself. */
class StopTest {
    @TempDir
    Path state;

    private Process supervisor;
    private Process service;

    @AfterEach
    void end() {
        for (Process process : new Process[] {supervisor, service}) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void ends_a_stack_of_which_nothing_but_the_supervisor_runs_yet() {
        supervisor = sleeps("supervisor");
        remember(List.of());

        assertThat(Stack.stop(state)).isEqualTo(1);

        assertThat(supervisor.isAlive()).isFalse();
        assertThat(RunState.read(state)).isEmpty();
        assertThat(Stack.stop(state)).isZero();
    }

    @Test
    void ends_what_a_killed_supervisor_left_behind() {
        supervisor = sleeps("supervisor");
        service = sleeps("ingest");
        remember(
                List.of(new RunState.Entry("ingest", "http://localhost:1", "", RunningProcess.of(service.toHandle()))));
        supervisor.destroyForcibly().onExit().join();

        assertThat(Stack.stop(state)).isEqualTo(1);

        assertThat(service.isAlive()).isFalse();
    }

    private Process sleeps(String name) {
        return new Launch(List.of("sleep", "600"), Map.of(), state.resolve(name + ".log")).start();
    }

    private void remember(List<RunState.Entry> processes) {
        new RunState(RunningProcess.of(supervisor.toHandle()), "pipelines", "", "", "", "", processes).write(state);
    }
}
