package dev.millrace.service.secret;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The secrets that pipelines name, each a file of a folder. They are never logged. Thread-safe. */
@ApplicationScoped
public class Secrets {
    private final SecretsSettings settings;

    Secrets(SecretsSettings settings) {
        this.settings = settings;
    }

    /**
     * The bytes of the secret of that name.
     *
     * @throws IllegalStateException if there is none that can be read
     */
    public byte[] of(String name) {
        Path file = settings.dir().resolve(name);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the secret '" + name + "' can not be read from " + file.toAbsolutePath()
                            + "; put it there, or set millrace.secrets.dir",
                    e);
        }
    }
}
