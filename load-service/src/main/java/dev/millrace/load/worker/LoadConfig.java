package dev.millrace.load.worker;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How batches are cut and failures waited out. */
@ConfigMapping(prefix = "millrace.load")
public interface LoadConfig {
    /** The database schema in which a pipeline's tables are made. */
    @WithDefault("public")
    String schema();

    /** About how many events are loaded in one transaction. */
    @WithDefault("10000")
    int batchRows();

    /** About how many bytes of events are loaded in one transaction; a pipeline holds at most three batches in memory. */
    @WithDefault("16M")
    MemorySize batchBytes();

    /** How long an event waits for others before its batch is loaded. */
    @WithDefault("200ms")
    Duration linger();

    /** How long to wait after a first failure of the database; the time doubles with each further one. */
    @WithDefault("200ms")
    Duration retryFirst();

    /** The longest wait between two attempts. */
    @WithDefault("5s")
    Duration retryAtMost();

    /** How long a batch that is under way may take to finish when its partitions go to another replica. */
    @WithDefault("10s")
    Duration handover();

    /** How long this replica may be silent before its partitions go to another; the broker takes 6 s at least. */
    @WithDefault("6s")
    Duration sessionTimeout();
}
