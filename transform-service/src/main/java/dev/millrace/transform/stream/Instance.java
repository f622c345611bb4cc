package dev.millrace.transform.stream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Who this instance of the service is, across its restarts: a random name in a file of its state folder, locked as long
 * as the process lives. With a name that stays, the broker knows a restarted instance again: it gets its partitions back
 * without waiting for the session of the dead process to end, and the dead process's transaction is aborted at once.
 */
@ApplicationScoped
public class Instance {
    private static final int NAME_LENGTH = 36;

    private final FileChannel file;
    private final String name;

    @Inject
    Instance(StreamsSettings settings) {
        this(settings.stateDir());
    }

    /**
     * The instance whose folder that is.
     *
     * @throws IllegalStateException if another process has it
     */
    Instance(Path folder) {
        try {
            Files.createDirectories(folder);
            file = FileChannel.open(
                    folder.resolve("instance"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (!lock(file)) {
                file.close();
                throw new IllegalStateException("another process keeps its state in " + folder.toAbsolutePath()
                        + "; set millrace.streams.state-dir to a folder of this one's own");
            }
            name = nameIn(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "millrace.streams.state-dir " + folder.toAbsolutePath() + " can not be written", e);
        }
    }

    /** The name: letters, digits and hyphens. */
    String name() {
        return name;
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    private static String nameIn(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(NAME_LENGTH);
        file.read(bytes, 0);
        String stored = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        if (stored.length() == NAME_LENGTH) {
            return stored;
        }
        String fresh = UUID.randomUUID().toString();
        file.write(ByteBuffer.wrap(fresh.getBytes(StandardCharsets.US_ASCII)), 0);
        file.force(true);
        return fresh;
    }

    @PreDestroy
    void close() throws IOException {
        file.close();
    }
}
