package dev.millrace.load;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives the service under test the module's broker and warehouse, and an empty folder of pipelines. */
public final class OneMachine implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        try {
            Path pipelines = Files.createTempDirectory("pipelines");
            return Map.of(
                    "kafka.bootstrap.servers",
                    Machine.bootstrapServers(),
                    "quarkus.datasource.jdbc.url",
                    Machine.jdbcUrl(),
                    "quarkus.datasource.username",
                    Machine.USER,
                    "quarkus.datasource.password",
                    Machine.password(),
                    "millrace.load.retry-first",
                    "50ms",
                    "millrace.load.retry-at-most",
                    "500ms",
                    "millrace.pipelines.poll",
                    "200ms",
                    "millrace.pipelines.dir",
                    pipelines.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // The machine ends with the JVM.
    }
}
