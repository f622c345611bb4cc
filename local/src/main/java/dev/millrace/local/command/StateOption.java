package dev.millrace.local.command;

import dev.millrace.local.stack.RunState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which stack a command speaks of. */
final class StateOption {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Folder of data, logs and passwords (default: .millrace beside ./millrace).")
    private Path state;

    static Path home() {
        return Path.of(System.getProperty("millrace.home", "."))
                .toAbsolutePath()
                .normalize();
    }

    static boolean onTerminal() {
        return Boolean.getBoolean("millrace.terminal");
    }

    /** The folder that was named, or else that one. */
    Path or(String otherwise) {
        return state == null ? home().resolve(otherwise) : state;
    }

    /** The stack of the folder that was named, or else the one that runs: of {@code up}, then of {@code demo}. */
    Optional<RunState> running() {
        return folders()
                .map(RunState::read)
                .flatMap(Optional::stream)
                .filter(RunState::isRunning)
                .findFirst();
    }

    /** The folders in which processes may have been left. */
    Stream<Path> folders() {
        return state == null
                ? Stream.of(home().resolve(UpCommand.STATE), home().resolve(DemoCommand.STATE))
                : Stream.of(state);
    }
}
