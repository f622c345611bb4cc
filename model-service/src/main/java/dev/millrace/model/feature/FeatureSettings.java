package dev.millrace.model.feature;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** How live features are kept. */
@ConfigMapping(prefix = "millrace.features")
public interface FeatureSettings {
    /**
     * Where this instance keeps what the windows hold, as it follows it for {@code /predict}, apart for each Kafka cluster.
     * Two processes need two folders; what is lost there is read again from Kafka.
     */
    @WithDefault("state/features")
    Path dir();

    /** How often it is looked for a new version of a pipeline's state, and whatever could not be followed is tried again. */
    @WithDefault("500ms")
    Duration poll();
}
