package dev.millrace.model.drift;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How drift is watched. */
@ConfigMapping(prefix = "millrace.drift")
public interface DriftSettings {
    /** Over how much time features and scores are compared with those of training, by the time of scoring. */
    @WithDefault("24h")
    Duration over();

    /** How many predictions there have to be in that time before anything is said. */
    @WithDefault("1000")
    int atLeast();
}
