package dev.millrace.model.protocol;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What clients of the Open Inference Protocol may send. */
@ConfigMapping(prefix = "millrace.protocol")
public interface ProtocolSettings {
    /** The largest body of {@code /v2/models/{m}/infer}, before and after it is unzipped. */
    @WithDefault("16M")
    MemorySize maxBody();
}
