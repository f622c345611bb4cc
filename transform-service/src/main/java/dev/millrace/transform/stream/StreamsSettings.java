package dev.millrace.transform.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** How the topologies run. */
@ConfigMapping(prefix = "millrace.streams")
public interface StreamsSettings {
    /** Where local state is kept. Two processes on one machine need two folders. */
    @WithDefault("state/streams")
    Path stateDir();

    /** Threads a pipeline. More than the topic has partitions stay idle. */
    @WithDefault("1")
    int threads();

    /** How often a transaction is committed: what a record waits for at most before the next stage sees it. */
    @WithDefault("100ms")
    Duration commitInterval();

    /** How long a stream thread may be silent before its partitions go to another. */
    @WithDefault("6s")
    Duration sessionTimeout();

    /** How long stopping a pipeline may take. */
    @WithDefault("15s")
    Duration stopTimeout();
}
