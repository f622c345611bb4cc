package dev.millrace.local.broker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * How a broker that is its own controller is set up: one node, nothing replicated.
 *
 * @param data where its data is
 * @param bind the address that it listens on for clients
 * @param advertised the host that clients are told to connect to
 * @param port the port for clients
 * @param controllerPort the port of the controller, on the loopback address
 * @param retention how long records are kept; as long as the data is if empty
 */
public record BrokerSettings(
        Path data, String bind, String advertised, int port, int controllerPort, Optional<Duration> retention) {
    private static final long FOR_EVER = -1;

    /** Prepares the folder of the data, if that was not done before. */
    public void format() {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setDirectories(List.of(data.toString()))
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("the broker's folder " + data + " can not be formatted: " + e, e);
        }
    }

    /** What the broker reads when it starts. */
    public String properties() {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%4$d
                listeners=PLAINTEXT://%1$s:%3$d,CONTROLLER://localhost:%4$d
                advertised.listeners=PLAINTEXT://%2$s:%3$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%5$s
                auto.create.topics.enable=false
                num.partitions=4
                default.replication.factor=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                # One machine's disk: segments small enough to be deleted in time.
                log.segment.bytes=134217728
                log.retention.ms=%6$d
                message.max.bytes=8388608
                num.network.threads=2
                num.io.threads=4
                """.formatted(
                        bind,
                        advertised,
                        port,
                        controllerPort,
                        data.toString().replace("\\", "/"),
                        retention.map(Duration::toMillis).orElse(FOR_EVER));
    }
}
