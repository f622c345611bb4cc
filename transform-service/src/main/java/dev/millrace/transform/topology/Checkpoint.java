package dev.millrace.transform.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * The file in a task's folder by which Kafka Streams takes the local stores for what was committed. It has to be gone while
 * the task runs with exactly-once semantics: RocksDB writes to the disk when it likes, also what a transaction wrote that is
 * aborted later. After a kill the stores are only made anew, as they must, where the file is not there.
 *
 * <p>Kafka Streams 4.1.1 writes it when a task's state is restored and leaves it there (KAFKA-20685, mended on its branch
 * 4.2); of a million events under fire two came twice, as that explains. This class can go when a version without that
 * mistake is used.
 */
final class Checkpoint {
    private static final String FILE = ".checkpoint";

    private Checkpoint() {}

    /** Removes it; to be called before the task's first record. */
    static void remove(ProcessorContext<?, ?> context) {
        if (context.stateDir() == null) {
            return;
        }
        try {
            Files.deleteIfExists(context.stateDir().toPath().resolve(FILE));
        } catch (IOException e) {
            // Going on would risk to count an event twice.
            throw new UncheckedIOException("task " + context.taskId() + ": its checkpoint can not be removed", e);
        }
    }
}
