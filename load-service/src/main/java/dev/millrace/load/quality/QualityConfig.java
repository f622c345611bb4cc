package dev.millrace.load.quality;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often models are compared with the labels that came. */
@ConfigMapping(prefix = "millrace.quality")
public interface QualityConfig {
    /** How often the warehouse is asked how good models turned out to be; 0s for never. */
    @WithDefault("1h")
    Duration every();
}
