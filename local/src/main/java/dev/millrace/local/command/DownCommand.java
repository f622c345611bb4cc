package dev.millrace.local.command;

import dev.millrace.local.stack.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends what another terminal started, or what a killed run left behind. */
@Command(name = "down", description = "End what ./millrace up or demo started, also what a killed one left behind.")
final class DownCommand implements Callable<Integer> {
    @Mixin
    private StateOption state;

    @Override
    public Integer call() {
        long ended = state.folders().mapToInt(Stack::stop).sum();
        System.out.println(ended == 0 ? "nothing runs" : "ended " + ended + (ended == 1 ? " process" : " processes"));
        return 0;
    }
}
