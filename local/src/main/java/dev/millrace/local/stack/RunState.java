package dev.millrace.local.stack;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.process.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What a running stack writes down in {@code run/state.json}, for the other commands and for the next run.
 *
 * @param supervisor the process that started the others and ends them
 * @param pipelines the folder of the declarations
 * @param bootstrapServers where Kafka's clients connect; empty until it answers
 * @param jdbcUrl where JDBC connects; empty until it answers
 * @param user the database's user
 * @param passwordFile the file with the user's password
 * @param processes all processes so far, in the order in which they were started
 */
public record RunState(
        RunningProcess supervisor,
        String pipelines,
        String bootstrapServers,
        String jdbcUrl,
        String user,
        String passwordFile,
        List<Entry> processes) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One process.
     *
     * @param name {@code kafka}, {@code postgres} or a service's label
     * @param address where it answers
     * @param log its log
     * @param process its process
     */
    public record Entry(String name, String address, String log, RunningProcess process) {}

    /** The state of the stack of that folder; empty if none runs or the last one ended in order. */
    public static Optional<RunState> read(Path stateFolder) {
        try {
            return Optional.of(JSON.readValue(file(stateFolder).toFile(), RunState.class));
        } catch (IOException absentOrFromAnotherVersion) {
            return Optional.empty();
        }
    }

    /** Whether the supervisor lives. */
    @JsonIgnore
    public boolean isRunning() {
        return supervisor.find().isPresent();
    }

    /** Whether Kafka and PostgreSQL are still being started, and nothing can be asked yet. */
    @JsonIgnore
    public boolean isBeginning() {
        return bootstrapServers.isEmpty();
    }

    /** The entry of that name. */
    public Optional<Entry> find(String name) {
        return processes.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    void write(Path stateFolder) {
        Path file = file(stateFolder);
        Path draft = file.resolveSibling("state.json.tmp");
        try {
            Files.createDirectories(file.getParent());
            JSON.writerWithDefaultPrettyPrinter().writeValue(draft.toFile(), this);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be written", e);
        }
    }

    static void forget(Path stateFolder) {
        try {
            Files.deleteIfExists(file(stateFolder));
        } catch (NoSuchFileException alreadyGone) {
            // That is what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException("the state of the run can not be deleted", e);
        }
    }

    private static Path file(Path stateFolder) {
        return stateFolder.resolve("run/state.json");
    }
}
