package dev.millrace.service.pipelines;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the declarations are. */
@ConfigMapping(prefix = "millrace.pipelines")
public interface PipelinesConfig {
    /** Where they are read from: {@code folder}, or {@code kubernetes} for the custom resources of a namespace. */
    @WithDefault("folder")
    SourceKind source();

    /** The folder of the declarations: every {@code *.yaml} and {@code *.yml} in it, not below it. */
    @WithDefault("pipelines")
    Path dir();

    /** How often the folder is looked at for changes. */
    @WithDefault("1s")
    Duration poll();

    /** The namespace of the custom resources. Default: that of the pod. */
    Optional<String> namespace();

    /** How often the figures in a custom resource's status are written, while they change. */
    @WithDefault("10s")
    Duration statusEvery();
}
