package dev.millrace.transform.stream;

import dev.millrace.pipeline.topic.Topics;
import dev.millrace.transform.topology.SizeLimits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Asks the broker how large a record of a topic may be. Thread-safe. */
final class TopicSizes {
    /** Below a producer's whole buffer, 32 MiB by default, which a record has to fit into as well. */
    static final int LARGEST = 16 * 1024 * 1024;

    private static final int PATIENCE_SECONDS = 10;

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
        try {
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(List.of(clean, rejected)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new SizeLimits(largest(configs.get(clean)), largest(configs.get(rejected)));
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the size limits of " + clean.name() + " and " + rejected.name() + " can not be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the topics' size limits", e);
        }
    }

    private static int largest(Config topic) {
        int limit =
                Integer.parseInt(topic.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        return Math.min(limit, LARGEST);
    }
}
