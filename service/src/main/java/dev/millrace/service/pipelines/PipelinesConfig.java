package dev.millrace.service.pipelines;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** Where the declarations are. */
@ConfigMapping(prefix = "millrace.pipelines")
public interface PipelinesConfig {
    /** The folder of the declarations: every {@code *.yaml} and {@code *.yml} in it, not below it. */
    @WithDefault("pipelines")
    Path dir();

    /** How often the folder is looked at for changes. */
    @WithDefault("1s")
    Duration poll();
}
