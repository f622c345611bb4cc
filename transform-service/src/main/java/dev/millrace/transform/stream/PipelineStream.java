package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.TransformTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jboss.logging.Logger;

/**
 * The running topology of one pipeline. When a thread of it fails, all of it is closed, which aborts what it had begun,
 * and after a {@link Pause} it is started anew; only an error of the JVM itself stops it for good. Thread-safe; started
 * once and stopped once.
 *
 * <p>Kafka Streams could replace the one thread that failed. The new thread would get another number, and with it another
 * member id and transactional id: its partitions would stay with the old ones until their session ends.
 */
final class PipelineStream {
    private static final Logger LOG = Logger.getLogger(PipelineStream.class);

    private final Pipeline pipeline;
    private final Transform transform;
    private final PipelineMeters meters;
    private final TopicSizes sizes;
    private final StreamsProperties properties;
    private final InstanceClients clients;
    private final Admin admin;
    private final KafkaMeters kafkaMeters;
    private final Gate gate;
    private final Runnable ended;
    private final String application;
    private final Pause pause = new Pause(System::nanoTime);
    private volatile KafkaStreams streams;
    private volatile boolean broken;
    private Optional<SourceBacklog> backlog = Optional.empty();
    private boolean stopped;

    /** @throws IllegalStateException if the broker did not answer */
    PipelineStream(
            Pipeline pipeline,
            Transform transform,
            PipelineMeters meters,
            TopicSizes sizes,
            StreamsProperties properties,
            InstanceClients clients,
            Admin admin,
            KafkaMeters kafkaMeters,
            Gate gate,
            Runnable ended) {
        this.pipeline = pipeline;
        this.transform = transform;
        this.meters = meters;
        this.sizes = sizes;
        this.properties = properties;
        this.clients = clients;
        this.admin = admin;
        this.kafkaMeters = kafkaMeters;
        this.gate = gate;
        this.ended = ended;
        this.application = StreamsProperties.application(pipeline);
        this.streams = create(sizes.of(pipeline.topics()));
    }

    /** What Kafka Streams says of itself. */
    KafkaStreams.State state() {
        return streams.state();
    }

    /** Whether only a restart of the process can help. */
    boolean isBroken() {
        return broken;
    }

    /** The declaration that it runs. */
    Pipeline pipeline() {
        return pipeline;
    }

    /** How far it reads and what it says. */
    Gate gate() {
        return gate;
    }

    /** Deletes what it has on this machine's disk, once it has stopped. */
    void forget() {
        Path folder = properties.folderOf(application);
        if (streams.state() != KafkaStreams.State.NOT_RUNNING || !Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warnf("pipeline %s: the folder %s is left: %s", pipeline.name(), folder, e);
        }
    }

    synchronized void start() {
        kafkaMeters.expose(application, pipeline.name(), streams);
        streams.start();
    }

    /** Ends it and gives its partitions back; when the time is over, whatever is left goes on ending by itself. */
    void stop(Duration timeout) {
        pause.end();
        synchronized (this) {
            stopped = true;
            forgetBacklog();
        }
        kafkaMeters.hide(application);
        boolean inTime =
                streams.close(new KafkaStreams.CloseOptions().timeout(timeout).leaveGroup(true));
        if (!inTime) {
            LOG.warnf("pipeline %s: still stopping after %s s", pipeline.name(), timeout.toSeconds());
        }
        ended.run();
    }

    private KafkaStreams create(SizeLimits limits) {
        int partitions = sizes.partitionsOf(pipeline.topics().raw());
        forgetBacklog();
        backlog = backlog(partitions);
        KafkaStreams created = new KafkaStreams(
                TransformTopology.of(
                        pipeline, transform, meters, limits, partitions, backlog.map(known -> known), gate),
                properties.of(pipeline, limits),
                clients.gated(pipeline.topics().raw(), gate));
        created.setUncaughtExceptionHandler(this::failed);
        created.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.ERROR && !broken) {
                // Not on this thread, which is Kafka Streams' own and ends with what it has just closed.
                Thread again = new Thread(this::startAgain, "again-" + pipeline.name());
                again.setDaemon(true);
                again.start();
            }
        });
        return created;
    }

    private Optional<SourceBacklog> backlog(int partitions) {
        Duration wait = properties.orderWait();
        if (wait.isZero() || !TransformTopology.orders(pipeline, partitions)) {
            return Optional.empty();
        }
        Map<String, Duration> waits = new HashMap<>();
        waits.put(pipeline.topics().raw(), wait);
        // A label that is on its way says nothing yet of what the next events see.
        pipeline.declaration()
                .spec()
                .labels()
                .keySet()
                .forEach(name -> waits.put(pipeline.topics().labels(name), Duration.ZERO));
        return Optional.of(new SourceBacklog(admin, application, waits, partitions, this::lastOf));
    }

    private long lastOf(TopicPartition partition) {
        return partition.topic().equals(pipeline.topics().raw()) ? gate.last(partition.partition()) : Long.MAX_VALUE;
    }

    private void forgetBacklog() {
        backlog.ifPresent(SourceBacklog::close);
        backlog = Optional.empty();
    }

    /** Closes all of it; the state listener hears when that is done. */
    private StreamThreadExceptionResponse failed(Throwable failure) {
        meters.streamFailed();
        broken |= failure instanceof VirtualMachineError;
        LOG.errorf(failure, "pipeline %s: the stream failed", pipeline.name());
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void startAgain() {
        boolean over = false;
        while (!over) {
            Duration wait = pause.afterFailure();
            LOG.infof("pipeline %s: starting the stream again in %s s", pipeline.name(), wait.toSeconds());
            pause.await(wait);
            over = startedOrStopped();
        }
    }

    private boolean startedOrStopped() {
        try {
            // One thing that makes a stream fail is a topic's limit that somebody lowered.
            SizeLimits limits = sizes.of(pipeline.topics());
            synchronized (this) {
                if (!stopped) {
                    kafkaMeters.hide(application);
                    streams = create(limits);
                    start();
                }
            }
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("pipeline %s: the stream can not be started: %s", pipeline.name(), e.getMessage());
            return pause.isOver();
        }
    }
}
