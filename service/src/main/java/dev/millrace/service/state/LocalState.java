package dev.millrace.service.state;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * Where streams keep their local state: apart for each Kafka cluster. Kafka Streams takes a folder's state for as old as the
 * changelogs' offsets in it say, and those of another cluster, such as the one that stood here before, would be taken for
 * this one's: features would be wrong, and nobody would know. Thread-safe.
 */
public final class LocalState {
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
