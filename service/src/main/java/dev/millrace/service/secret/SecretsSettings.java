package dev.millrace.service.secret;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where secrets are. */
@ConfigMapping(prefix = "millrace.secrets")
public interface SecretsSettings {
    /** The folder with the secrets that pipelines name, a file each. */
    @WithDefault("secrets")
    Path dir();
}
