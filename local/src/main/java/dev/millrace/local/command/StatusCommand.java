package dev.millrace.local.command;

import dev.millrace.local.stack.RunState;
import dev.millrace.local.status.Status;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what runs and how it goes. */
@Command(name = "status", description = "Show each process, and each pipeline's stages with rates, lag and rejects.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private StateOption state;

    @Override
    public Integer call() {
        Optional<RunState> running = state.running();
        if (running.isEmpty()) {
            System.out.println("Millrace does not run here; ./millrace up starts it.");
            return 1;
        }
        Status.of(running.get()).lines().forEach(System.out::println);
        return 0;
    }
}
