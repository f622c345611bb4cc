package dev.millrace.acceptance;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One more model-service beside that of a stack, on the same registry. One thread uses it. */
final class ModelReplica implements AutoCloseable {
    private final Stack stack;
    private final Path pipelines;
    private final Path folder;
    private final int port = FreePort.any();
    private Process process;

    ModelReplica(Stack stack, Path pipelines, Path folder) {
        this.stack = stack;
        this.pipelines = pipelines;
        this.folder = folder;
    }

    void start() {
        List<String> command = List.of(
                Launch.java(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-jar",
                Stacks.home()
                        .resolve(Service.MODEL.label() + "-service/target/quarkus-app/quarkus-run.jar")
                        .toString());
        Map<String, String> environment = Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", stack.bootstrapServers(),
                "MILLRACE_PIPELINES_DIR", pipelines.toString(),
                "MILLRACE_MODELS_DIR", folder.resolve("no-models").toString(),
                "MILLRACE_FEATURES_DIR", folder.resolve("features").toString(),
                "MILLRACE_SCORING_INSTANCE", "second",
                "QUARKUS_DATASOURCE_JDBC_URL", stack.postgres().jdbcUrl(),
                "QUARKUS_DATASOURCE_USERNAME", stack.postgres().user(),
                "QUARKUS_DATASOURCE_PASSWORD", stack.postgres().password(),
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", Integer.toString(port));
        process = new Launch(command, environment, folder.resolve("model-2.log")).start();
    }

    URI address() {
        return URI.create("http://localhost:" + port);
    }

    /** As {@code kill -9} does. */
    void kill() {
        Stop.now(process.toHandle());
    }

    @Override
    public void close() {
        if (process != null) {
            Stop.now(process.toHandle());
        }
    }
}
