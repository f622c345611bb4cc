package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.transform.TransformMetrics;
import dev.millrace.transform.topology.TransformTopology;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** One Kafka Streams instance a pipeline, so that pipelines come, go and fail without each other. Thread-safe. */
@ApplicationScoped
public class PipelineStreams implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(PipelineStreams.class);
    private static final long PAUSE_AFTER_FAILURE = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

    private final StreamsSettings settings;
    private final String bootstrapServers;
    private final TransformMetrics metrics;
    private final Map<String, KafkaStreams> running = new ConcurrentHashMap<>();

    PipelineStreams(
            StreamsSettings settings,
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            TransformMetrics metrics) {
        this.settings = settings;
        this.bootstrapServers = bootstrapServers;
        this.metrics = metrics;
    }

    @Override
    public void started(Pipeline pipeline) {
        KafkaStreams streams = new KafkaStreams(TransformTopology.of(pipeline, metrics), properties(pipeline.name()));
        streams.setUncaughtExceptionHandler(failure -> {
            LOG.errorf(failure, "pipeline %s: a stream thread failed and is replaced", pipeline.name());
            // The replacement would meet a broker that is away at once.
            LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        running.put(pipeline.name(), streams);
        streams.start();
    }

    @Override
    public void stopped(String name) {
        KafkaStreams streams = running.remove(name);
        if (streams != null) {
            // Leaving the group hands the partitions over now and not after the session's timeout.
            boolean stopped = streams.close(new KafkaStreams.CloseOptions()
                    .timeout(settings.stopTimeout())
                    .leaveGroup(true));
            if (!stopped) {
                LOG.warnf("pipeline %s: still stopping after %s", name, settings.stopTimeout());
            }
        }
    }

    /** The state of each pipeline's instance, by the pipeline's name. */
    Map<String, KafkaStreams.State> states() {
        Map<String, KafkaStreams.State> states = new TreeMap<>();
        running.forEach((name, streams) -> states.put(name, streams.state()));
        return states;
    }

    private Properties properties(String pipeline) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "millrace-transform-" + pipeline);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                settings.stateDir().toAbsolutePath().toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                settings.sessionTimeout().toMillis());
        properties.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                (int) settings.sessionTimeout().toMillis() / 3);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
        return properties;
    }
}
