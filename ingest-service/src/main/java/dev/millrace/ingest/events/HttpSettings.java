package dev.millrace.ingest.events;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What clients may send. */
@ConfigMapping(prefix = "millrace.http")
public interface HttpSettings {
    /** The largest body of {@code POST /pipelines/{p}/events}, before and after it is unzipped. */
    @WithDefault("10M")
    MemorySize maxBody();

    /** How many bytes of bodies may be worked on at once; a request beyond that is answered with 429. */
    @WithDefault("64M")
    MemorySize maxInFlight();

    /** How long a request waits for the broker before it is answered with 503. */
    @WithDefault("30s")
    Duration brokerPatience();
}
