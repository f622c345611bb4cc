package dev.millrace.acceptance;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One more transform-service beside that of a stack, with a state of its own. One thread uses it. */
final class TransformReplica implements AutoCloseable {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);

    private final Stack stack;
    private final Path pipelines;
    private final Path folder;
    private final int port = FreePort.any();
    private Process process;

    TransformReplica(Stack stack, Path pipelines, Path folder) {
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
                        .resolve(Service.TRANSFORM.label() + "-service/target/quarkus-app/quarkus-run.jar")
                        .toString());
        Map<String, String> environment = Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", stack.bootstrapServers(),
                "MILLRACE_PIPELINES_DIR", pipelines.toString(),
                "MILLRACE_STREAMS_STATE_DIR", folder.resolve("state").toString(),
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", Integer.toString(port));
        process = new Launch(command, environment, folder.resolve("transform-2.log")).start();
    }

    /** As {@code kill -9} does. */
    void kill() {
        Stop.now(process.toHandle());
    }

    /** As a rolling update does. */
    void stop() {
        Stop.inOrder(process.toHandle(), STOPS_WITHIN);
    }

    @Override
    public void close() {
        if (process != null) {
            Stop.now(process.toHandle());
        }
    }
}
