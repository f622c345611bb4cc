package dev.millrace.training.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "train")
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
