package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.rocksdb.BoundedMemory;
import dev.millrace.service.state.LocalState;
import dev.millrace.transform.topology.SizeLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of a pipeline's Kafka Streams instance. Immutable. */
final class StreamsProperties {
    private static final int AT_ONCE = 5_000;
    private static final int BATCH = 128 * 1024;
    private static final long LINGER_MILLIS = 100;

    private final StreamsSettings settings;
    private final Map<String, Object> kafka;
    private final String instance;
    private final LocalState state;

    StreamsProperties(StreamsSettings settings, Map<String, Object> kafka, String instance, LocalState state) {
        this.settings = settings;
        this.kafka = kafka;
        this.instance = instance;
        this.state = state;
    }

    /** The application's name, which is its consumer group's too. */
    static String application(Pipeline pipeline) {
        return pipeline.topics().transform(pipeline.stateVersion());
    }

    /** Where an application keeps its local state. */
    Path folderOf(String application) {
        return state.folderOf(application);
    }

    /** How long an accepted event may be on its way to the broker; zero if events are taken as they come. */
    Duration orderWait() {
        return settings.orderWait();
    }

    Properties of(Pipeline pipeline, SizeLimits limits) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        // The group is the application.
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        String application = application(pipeline);
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        // Kafka Streams would put a random id into the names of threads, clients and their metrics.
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, application);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.folder().toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbyReplicas());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        // As much as one poll brings: a partition with a fuller buffer is paused and resumed at each turn.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, AT_ONCE);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemory.class);
        properties.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 30_000);
        consumer(properties);
        producer(properties, limits);
        return properties;
    }

    private void consumer(Properties properties) {
        int session = (int) settings.sessionTimeout().toMillis();
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instance);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), session / 3);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), AT_ONCE);
    }

    /** Retriable errors are retried by the producer; any other aborts the transaction, and its records come again. */
    private void producer(Properties properties, SizeLimits limits) {
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int)
                settings.sessionTimeout().toMillis());
        // Nothing is seen before its transaction is committed, and a commit sends all at once: what is sent sooner only
        // makes more and smaller batches.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), (int)
                Math.min(LINGER_MILLIS, settings.commitInterval().toMillis()));
        // While the broker still ends the transaction before, it sends the next one's first records back: the client's
        // own pause of 100 ms would be taken in each transaction.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 5);
        // The broker measures a batch. One that is too large for the topic is split again and again by the producer,
        // without end if all of it fits into its batch size (Sender.canSplit and RecordAccumulator.splitAndReenqueue).
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), Math.min(BATCH, limits.smallest()));
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        // What may be sent is the topic's to say; this is only the size of the request around it.
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), TopicSizes.LARGEST + 1024 * 1024);
    }
}
