package dev.millrace.load.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How what went into each stage is compared with what came out of it. */
@ConfigMapping(prefix = "millrace.audit")
public interface AuditConfig {
    /** Whether pipelines are audited; it costs one more reader of each of their topics. */
    @WithDefault("true")
    boolean enabled();

    /** How often counts are written down and progress is looked at. */
    @WithDefault("2s")
    Duration every();

    /**
     * How long ago an event must have been accepted to be audited: longer than a request may wait for the broker
     * ({@code millrace.http.broker-patience}) and the clocks of ingest's replicas may differ.
     */
    @WithDefault("60s")
    Duration grace();

    /** How long the counts of each ten seconds are kept apart, for people who look into a difference. */
    @WithDefault("1d")
    Duration keep();
}
