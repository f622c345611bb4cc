package dev.millrace.transform.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** How the topologies run. */
@ConfigMapping(prefix = "millrace.streams")
public interface StreamsSettings {
    /**
     * Where this instance keeps its identity and its local state, apart for each Kafka cluster. Two processes need two
     * folders; one that keeps its folder takes up its work again at once after a crash.
     */
    @WithDefault("state/streams")
    Path stateDir();

    /** Threads a pipeline. More than the topic has partitions stay idle. */
    @WithDefault("1")
    int threads();

    /** How often a transaction is committed: what a record waits for at most before the next stage sees it. */
    @WithDefault("100ms")
    Duration commitInterval();

    /** Copies of a step's state on other instances, to take over from; only for pipelines whose steps keep state. */
    @WithDefault("0")
    int standbyReplicas();

    /**
     * How long an accepted event may be on its way to the broker. What comes to a step from several partitions is brought
     * into the order of acceptance; a partition without events is waited for that long. 0 turns the order off: events of
     * different partitions are then counted as they come.
     */
    @WithDefault("500ms")
    Duration orderWait();

    /**
     * How long an instance may be silent before its partitions go to another, and how long a transaction may stay open;
     * the broker takes 6 s at least.
     */
    @WithDefault("10s")
    Duration sessionTimeout();

    /** How long stopping a pipeline may take. */
    @WithDefault("15s")
    Duration stopTimeout();

    /** Whether the metrics of Kafka's own clients and of Kafka Streams are exposed, some hundreds a pipeline. */
    @WithDefault("false")
    boolean kafkaMetrics();
}
