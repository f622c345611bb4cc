package dev.millrace.model.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the stream is scored. */
@ConfigMapping(prefix = "millrace.scoring")
public interface StreamSettings {
    /** The most events that are scored in one call and committed in one transaction. */
    @WithDefault("4000")
    int batch();

    /** Names this replica to the broker: one that starts under the same name ends its predecessor's transaction. */
    @WithDefault("${HOSTNAME:0}")
    String instance();

    /** How long this replica may be silent before its partitions go to another. */
    @WithDefault("6s")
    Duration sessionTimeout();
}
