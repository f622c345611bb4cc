package dev.millrace.service.reference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The references of lookups. */
@ConfigMapping(prefix = "millrace.references")
public interface ReferenceSettings {
    /** The folder below which lookups' files are. Default: the folder of the pipelines, `millrace.pipelines.dir`. */
    Optional<Path> dir();

    /** How often the files are looked at; one that changed is read once it has been the same for two looks. */
    @WithDefault("1s")
    Duration poll();

    /** How many rows a reference may have. They are kept in the heap; docs/lookup.md says what one takes. */
    @WithDefault("200000")
    int maxRows();

    /** How long reading a topic to its end may take before a pipeline starts; then it is tried anew. */
    @WithDefault("60s")
    Duration startTimeout();
}
