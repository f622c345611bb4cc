package dev.millrace.service.state;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jboss.logging.Logger;

/**
 * Where streams keep their local state: apart for each Kafka cluster. Kafka Streams takes a folder's state for as old as the
 * changelogs' offsets in it say, and those of another cluster, such as the one that stood here before, would be taken for
 * this one's: features would be wrong, and nobody would know. Thread-safe.
 */
public final class LocalState {
    private static final Logger LOG = Logger.getLogger(LocalState.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path folder;
    private final Admin admin;
    private volatile Path ofCluster;

    /** What is kept in that folder, of the cluster whose admin client that is. */
    public LocalState(Path folder, Admin admin) {
        this.folder = folder.toAbsolutePath();
        this.admin = admin;
    }

    /**
     * The folder of what belongs to this cluster.
     *
     * @throws IllegalStateException if the broker did not answer
     */
    public Path folder() {
        if (ofCluster == null) {
            ofCluster = folder.resolve(clusterId());
        }
        return ofCluster;
    }

    /**
     * The folder of one application.
     *
     * @throws IllegalStateException if the broker did not answer
     */
    public Path folderOf(String application) {
        return folder().resolve(application);
    }

    /** Removes what one application keeps; what can not be removed is left, and said. */
    public void forget(String application) {
        Path kept = folderOf(application);
        if (!Files.isDirectory(kept)) {
            return;
        }
        try (Stream<Path> files = Files.walk(kept)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warnf("the folder %s is left: %s", kept, e);
        }
    }

    private String clusterId() {
        try {
            return admin.describeCluster().clusterId().get(PATIENCE.toMillis(), MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the Kafka cluster's id can not be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the Kafka cluster's id", e);
        }
    }
}
