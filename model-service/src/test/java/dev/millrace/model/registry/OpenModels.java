package dev.millrace.model.registry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A registry for tests and programs that start no service. */
public final class OpenModels {
    private OpenModels() {}

    /** The models of that folder, followed until the JVM ends. */
    public static Models in(Path folder) {
        return in(folder, new SimpleMeterRegistry());
    }

    /** The same, with what is counted. */
    static Models in(Path folder, MeterRegistry registry) {
        ModelsSettings settings = new ModelsSettings() {
            @Override
            public Path dir() {
                return folder;
            }

            @Override
            public Duration poll() {
                return Duration.ofMillis(100);
            }

            @Override
            public Duration linger() {
                return Duration.ofMillis(500);
            }

            @Override
            public String artifacts() {
                return "database";
            }

            @Override
            public Optional<String> token() {
                return Optional.empty();
            }

            @Override
            public boolean localChanges() {
                return true;
            }

            @Override
            public Optional<URI> mlflow() {
                return Optional.empty();
            }

            @Override
            public Optional<String> mlflowToken() {
                return Optional.empty();
            }

            @Override
            public S3 s3() {
                throw new UnsupportedOperationException("a folder needs no storage");
            }
        };
        Models models = new Models(settings, registry);
        models.start(null);
        return models;
    }
}
