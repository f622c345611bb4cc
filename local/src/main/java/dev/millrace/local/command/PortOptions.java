package dev.millrace.local.command;

import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.StackSettings;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the parts of a stack listen. */
final class PortOptions {
    @Option(
            names = "--kafka-port",
            defaultValue = "" + StackSettings.KAFKA_PORT,
            description = "Kafka's port (default: ${DEFAULT-VALUE}).")
    private int kafka;

    @Option(
            names = "--postgres-port",
            defaultValue = "" + StackSettings.POSTGRES_PORT,
            description = "PostgreSQL's port (default: ${DEFAULT-VALUE}).")
    private int postgres;

    @Option(names = "--port-ingest", defaultValue = "8081", description = "Default: ${DEFAULT-VALUE}.")
    private int ingest;

    @Option(names = "--port-transform", defaultValue = "8082", description = "Default: ${DEFAULT-VALUE}.")
    private int transform;

    @Option(names = "--port-model", defaultValue = "8083", description = "Default: ${DEFAULT-VALUE}.")
    private int model;

    @Option(names = "--port-load", defaultValue = "8084", description = "Default: ${DEFAULT-VALUE}.")
    private int load;

    @Option(names = "--any-ports", description = "Take whatever ports are free.")
    private boolean any;

    StackSettings applyTo(StackSettings settings) {
        if (any) {
            return settings.withFreePorts();
        }
        return settings.withPorts(
                kafka,
                postgres,
                Map.of(
                        Service.INGEST, ingest,
                        Service.TRANSFORM, transform,
                        Service.MODEL, model,
                        Service.LOAD, load));
    }
}
