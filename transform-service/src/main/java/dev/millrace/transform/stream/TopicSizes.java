package dev.millrace.transform.stream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.pipeline.topic.Topics;
import dev.millrace.transform.topology.SizeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the broker how large a record of a topic may be, and how many partitions it has. Thread-safe. */
final class TopicSizes {
    /** Below a producer's whole buffer, 32 MiB by default, which a record has to fit into as well. */
    static final int LARGEST = 16 * 1024 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final Admin admin;

    TopicSizes(Admin admin) {
        this.admin = admin;
    }

    /**
     * The limits of the pipeline's topics.
     *
     * @throws IllegalStateException if the broker did not answer or the topics do not exist
     */
    SizeLimits of(Topics topics) {
        ConfigResource clean = new ConfigResource(ConfigResource.Type.TOPIC, topics.clean());
        ConfigResource rejected = new ConfigResource(ConfigResource.Type.TOPIC, topics.rejected());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Map<ConfigResource, Config> configs =
                        admin.describeConfigs(List.of(clean, rejected)).all().get(PATIENCE.toMillis(), MILLISECONDS);
                return new SizeLimits(largest(configs.get(clean)), largest(configs.get(rejected)));
            } catch (ExecutionException | TimeoutException e) {
                // Right after a topic was made the broker may not know it yet.
                boolean mayBeNew = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!mayBeNew || System.nanoTime() > end) {
                    throw new IllegalStateException(
                            "the size limits of " + clean.name() + " and " + rejected.name() + " can not be read: " + e,
                            e);
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while reading the topics' size limits", e);
            }
        }
    }

    /**
     * How many partitions a topic has.
     *
     * @throws IllegalStateException if the broker did not answer or the topic does not exist
     */
    int partitionsOf(String topic) {
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(PATIENCE.toMillis(), MILLISECONDS)
                    .get(topic)
                    .partitions()
                    .size();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the partitions of " + topic + " can not be counted: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while counting the partitions of " + topic, e);
        }
    }

    private static int largest(Config topic) {
        int limit =
                Integer.parseInt(topic.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        return Math.min(limit, LARGEST);
    }
}
