package dev.millrace.training.command;

import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.training.TrainingException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./millrace train} and {@code ./millrace evaluate} run, and a Kubernetes Job: no framework is started. */
@Command(
        name = "millrace",
        subcommands = {TrainCommand.class, EvaluateCommand.class, RecommendCommand.class})
public final class TrainingCommands {
    private static final int FAILED = 1;
    private static final int MISTAKEN = 2;

    private TrainingCommands() {}

    /**
     * Runs a command and exits with its code: 0 if it came to its end, 1 if something is missing or failed, 2 if the
     * declaration or the arguments have mistakes.
     */
    public static void main(String[] arguments) {
        int code = run(commandLine(), arguments);
        System.out.flush();
        System.exit(code);
    }

    /** Runs a command that tells its progress there, and gives its code. */
    public static int execute(PrintWriter out, String... arguments) {
        return run(commandLine().setOut(out).setErr(out), arguments);
    }

    /** What does not fit into memory is no fault of the program: picocli hands on exceptions only, and no error. */
    private static int run(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(joined(arguments));
        } catch (OutOfMemoryError e) {
            commandLine
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "millrace: this does not fit into memory, which is a heap of %,d MB (%s);"
                                    + " take fewer days, customers or test weeks, or give it more with _JAVA_OPTIONS=-Xmx8g%n",
                            Runtime.getRuntime().maxMemory() >> 20,
                            e.getMessage());
            commandLine.getErr().flush();
            return FAILED;
        }
    }

    /** {@code evaluate recommend} is one command of two words: it has nothing in common with that of a pipeline. */
    static String[] joined(String... arguments) {
        if (arguments.length < 2 || !RecommendCommand.NAME.equals(arguments[0] + " " + arguments[1])) {
            return arguments;
        }
        String[] joined = Arrays.copyOfRange(arguments, 1, arguments.length);
        joined[0] = RecommendCommand.NAME;
        return joined;
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new TrainingCommands());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof InvalidDeclarationException invalid) {
                invalid.mistakes().forEach(mistake -> command.getErr().println(mistake));
                return MISTAKEN;
            }
            if (failure instanceof NoSuchFileException missing) {
                command.getErr().println("millrace: there is no file " + missing.getFile());
                return FAILED;
            }
            if (failure instanceof TrainingException) {
                command.getErr().println("millrace: " + failure.getMessage());
                return FAILED;
            }
            throw failure;
        });
        return commandLine;
    }
}
