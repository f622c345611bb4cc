package dev.millrace.local.stack;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.RunningProcess;
import dev.millrace.local.process.Stop;
import dev.millrace.local.warehouse.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of one stack, held by one supervisor at a time. */
final class StateFolder implements AutoCloseable {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(25);
    private static final List<String> KEPT_BY_PROCESSES = List.of("kafka", "postgres", "services", "logs");

    private final Path folder;
    private final FileChannel channel;

    private StateFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the folder.
     *
     * @throws StackException if another supervisor has it
     */
    static StateFolder hold(Path folder) {
        try {
            Files.createDirectories(folder.resolve("run"));
            Files.createDirectories(folder.resolve("data"));
            FileChannel channel =
                    FileChannel.open(folder.resolve("run/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new StackException("Millrace runs already on " + folder
                        + ". ./millrace status shows it, ./millrace down ends it; with --state another folder, and with"
                        + " other ports, a second one can run beside it.");
            }
            return new StateFolder(folder, channel);
        } catch (IOException e) {
            throw new StackException(folder + " can not be written: " + e.getMessage(), e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    /** Ends what a killed supervisor left running; says how many processes that were. */
    int stopLeftovers() {
        int stopped = 0;
        List<RunState.Entry> left =
                RunState.read(folder).map(RunState::processes).orElse(List.of());
        for (RunState.Entry entry : newestFirst(left)) {
            var process = entry.process().find();
            if (process.isPresent()) {
                stop(entry.name(), process.get());
                stopped++;
            }
        }
        // Those that it had started, and not written down yet.
        stopped += KafkaBroker.endFormer(folder.resolve("kafka")) ? 1 : 0;
        stopped += PostgresServer.endFormer(folder.resolve("postgres")) ? 1 : 0;
        RunState.forget(folder);
        return stopped;
    }

    static void stop(String name, ProcessHandle process) {
        if (name.equals("postgres")) {
            Stop.byInterrupt(process, STOPS_WITHIN);
        } else {
            Stop.inOrder(process, STOPS_WITHIN);
        }
    }

    static List<RunState.Entry> newestFirst(List<RunState.Entry> entries) {
        return Stream.iterate(entries.size() - 1, i -> i >= 0, i -> i - 1)
                .map(entries::get)
                .toList();
    }

    /** Deletes what is not to be known any more. */
    void forget(Forget what) {
        if (what != Forget.NOTHING) {
            KEPT_BY_PROCESSES.forEach(name -> delete(folder.resolve(name)));
        }
        if (what == Forget.STATE_AND_FILES) {
            delete(folder.resolve("data"));
        }
    }

    /** A former run's log is kept once. */
    Path newLog(String name) {
        Path log = log(name);
        try {
            Files.createDirectories(log.getParent());
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(log + " can not be written", e);
        }
    }

    Path log(String name) {
        return folder.resolve("logs").resolve(name + ".log");
    }

    RunningProcess self() {
        return RunningProcess.of(ProcessHandle.current());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of " + folder + " can not be given back", e);
        }
    }

    private static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new StackException(tree + " can not be deleted: " + e.getMessage(), e);
        }
    }
}
