package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.TransformTopology;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jboss.logging.Logger;

/**
 * The running topology of one pipeline. A thread of it that fails is replaced after a {@link Pause}; only an error of
 * the JVM itself stops the stream for good. Thread-safe; stopped once.
 */
final class PipelineStream {
    private static final Logger LOG = Logger.getLogger(PipelineStream.class);

    private final Pipeline pipeline;
    private final PipelineMeters meters;
    private final TopicSizes sizes;
    private final KafkaStreams streams;
    private final Pause pause = new Pause(System::nanoTime);
    private volatile SizeLimits limits;

    /** @throws IllegalStateException if the broker did not answer */
    PipelineStream(Pipeline pipeline, PipelineMeters meters, TopicSizes sizes, Properties properties, String instance) {
        this.pipeline = pipeline;
        this.meters = meters;
        this.sizes = sizes;
        this.limits = sizes.of(pipeline.topics());
        this.streams = new KafkaStreams(
                TransformTopology.of(pipeline, meters, () -> limits), properties, new InstanceClients(instance));
        streams.setUncaughtExceptionHandler(this::failed);
    }

    KafkaStreams kafkaStreams() {
        return streams;
    }

    void start() {
        streams.start();
    }

    /** Ends it and gives its partitions back; when the time is over, whatever is left goes on ending by itself. */
    void stop(Duration timeout) {
        pause.end();
        boolean stopped =
                streams.close(new KafkaStreams.CloseOptions().timeout(timeout).leaveGroup(true));
        if (!stopped) {
            LOG.warnf("pipeline %s: still stopping after %s s", pipeline.name(), timeout.toSeconds());
        }
    }

    private StreamThreadExceptionResponse failed(Throwable failure) {
        meters.streamFailed();
        if (failure instanceof VirtualMachineError) {
            LOG.errorf(failure, "pipeline %s: the JVM is broken, the stream ends", pipeline.name());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        Duration wait = pause.afterFailure();
        LOG.errorf(failure, "pipeline %s: the stream failed; trying again in %s s", pipeline.name(), wait.toSeconds());
        pause.await(wait);
        if (isTooLarge(failure)) {
            readLimitsAgain();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Somebody lowered a topic's limit since. */
    private void readLimitsAgain() {
        try {
            limits = sizes.of(pipeline.topics());
        } catch (IllegalStateException e) {
            LOG.warnf("pipeline %s: %s", pipeline.name(), e.getMessage());
        }
    }

    private static boolean isTooLarge(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return true;
            }
        }
        return false;
    }
}
