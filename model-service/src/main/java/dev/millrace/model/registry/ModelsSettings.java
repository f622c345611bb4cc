package dev.millrace.model.registry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** Where the models are. */
@ConfigMapping(prefix = "millrace.models")
public interface ModelsSettings {
    /** The folder of the models: {@code <model>/<version>/model.onnx}, {@code model.json}, {@code <model>/aliases.json}. */
    @WithDefault("models")
    Path dir();

    /** How often the aliases are looked at. */
    @WithDefault("2s")
    Duration poll();
}
