package dev.millrace.model.predict;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How what is popular now is found out, for models that recommend. */
@ConfigMapping(prefix = "millrace.popularity")
public interface PopularitySettings {
    /**
     * How often the live features are asked how popular each item is. Of large catalogues it is less often, so that asking takes
     * a twentieth of the time at most.
     */
    @WithDefault("10s")
    Duration every();
}
