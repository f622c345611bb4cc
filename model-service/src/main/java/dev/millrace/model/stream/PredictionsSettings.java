package dev.millrace.model.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How word of predictions is kept. */
@ConfigMapping(prefix = "millrace.predictions")
public interface PredictionsSettings {
    /** Whether predictions over HTTP and those of shadows are written to the topic {@code millrace.<pipeline>.predictions}. */
    @WithDefault("true")
    boolean enabled();

    /** How many calls may wait to be written, as while the broker is away; the predictions of others are dropped and counted. */
    @WithDefault("1000")
    int waiting();
}
