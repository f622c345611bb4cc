package dev.millrace.service.topics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** How topics are made that do not exist yet. */
@ConfigMapping(prefix = "millrace.topics")
public interface TopicsConfig {
    /** How many partitions a new topic gets: the most replicas of a service that can share a pipeline. */
    @WithDefault("4")
    int partitions();

    /** How many brokers hold each partition. Default: what the broker says. */
    OptionalInt replication();

    /** How long a new topic keeps records; -1ms keeps them for ever. Default: what the broker says. */
    java.util.Optional<Duration> retention();

    /** How long the broker may take to answer. */
    @WithDefault("10s")
    Duration timeout();
}
