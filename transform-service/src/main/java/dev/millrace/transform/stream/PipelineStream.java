package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.TransformTopology;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
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
            KafkaMeters kafkaMeters) {
        this.pipeline = pipeline;
        this.transform = transform;
        this.meters = meters;
        this.sizes = sizes;
        this.properties = properties;
        this.clients = clients;
        this.admin = admin;
        this.kafkaMeters = kafkaMeters;
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

    synchronized void start() {
        kafkaMeters.expose(pipeline.name(), streams);
        streams.start();
    }

    /** Ends it and gives its partitions back; when the time is over, whatever is left goes on ending by itself. */
    void stop(Duration timeout) {
        pause.end();
        synchronized (this) {
            stopped = true;
            forgetBacklog();
        }
        kafkaMeters.hide(pipeline.name());
        boolean ended =
                streams.close(new KafkaStreams.CloseOptions().timeout(timeout).leaveGroup(true));
        if (!ended) {
            LOG.warnf("pipeline %s: still stopping after %s s", pipeline.name(), timeout.toSeconds());
        }
    }

    private KafkaStreams create(SizeLimits limits) {
        int partitions = sizes.partitionsOf(pipeline.topics().raw());
        forgetBacklog();
        backlog = backlog(partitions);
        KafkaStreams created = new KafkaStreams(
                TransformTopology.of(pipeline, transform, meters, limits, partitions, backlog.map(known -> known)),
                properties.of(pipeline.name(), limits),
                clients);
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
        return Optional.of(new SourceBacklog(admin, StreamsProperties.application(pipeline.name()), waits, partitions));
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
                    kafkaMeters.hide(pipeline.name());
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
