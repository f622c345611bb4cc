package dev.millrace.local.command;

import dev.millrace.local.stack.StackException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** What {@code ./millrace} runs. */
@Command(
        name = "millrace",
        description = "Millrace on this machine: Kafka, PostgreSQL and the four services.",
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            StatusCommand.class,
            ModelsCommand.class,
            DownCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "  explain  Show what a pipeline is made of: steps, keys, topics, stores, fields.",
            "  try      Run a file's events through a pipeline without a broker.",
            "  build    Build Millrace; the other commands do it where it is needed.",
            "  test     Run all tests: ./mvnw verify.",
            "  bench    Measure each stage and the whole; writes docs/performance.md.",
            "  images   Build container images as tars, with no registry and no daemon.",
            "",
            "Millrace help COMMAND tells more of a command."
        })
public final class Millrace {
    private static final int FAILED = 1;

    private Millrace() {}

    /** Runs a command and exits with its code: 0 if it succeeded, 1 if it failed, 2 if the arguments are wrong. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Millrace());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!(failure instanceof StackException)) {
                throw failure;
            }
            command.getErr().println("millrace: " + failure.getMessage());
            return FAILED;
        });
        return commandLine;
    }
}
