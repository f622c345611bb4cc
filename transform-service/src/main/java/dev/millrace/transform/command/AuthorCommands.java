package dev.millrace.transform.command;

import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.file.UnreadableFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./millrace explain} and {@code ./millrace try} run: no framework is started, no broker asked. */
@Command(
        name = "millrace",
        subcommands = {ExplainCommand.class, TryCommand.class})
public final class AuthorCommands {
    private static final int FAILED = 1;
    private static final int MISTAKEN = 2;

    private AuthorCommands() {}

    /**
     * Runs a command and exits with its code: 0 if it came to its end, 1 if a file can not be read, 2 if the declaration
     * or the arguments have mistakes.
     */
    public static void main(String[] arguments) {
        // Kafka tells at length how it starts.
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        Logger root = Logger.getLogger("");
        root.setLevel(Level.SEVERE);
        int code = commandLine().execute(arguments);
        System.out.flush();
        System.exit(code);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new AuthorCommands());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof InvalidDeclarationException invalid) {
                invalid.mistakes().forEach(mistake -> command.getErr().println(mistake));
                return MISTAKEN;
            }
            if (failure instanceof NoSuchFileException missing) {
                command.getErr().println("millrace: there is no file " + missing.getFile());
                return FAILED;
            }
            if (failure instanceof IOException
                    || failure instanceof UnreadableFileException
                    || failure instanceof IllegalArgumentException) {
                command.getErr().println("millrace: " + failure.getMessage());
                return FAILED;
            }
            throw failure;
        });
        return commandLine;
    }
}
