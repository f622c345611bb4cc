package dev.millrace.service.docs;

import java.util.List;
import java.util.stream.Collectors;

/** The keys of Quarkus and of Kafka that a user of Millrace needs; their defaults are read from the services' own files. */
final class OfTheFramework {
    private static final List<String> LOAD = List.of("load");

    private OfTheFramework() {}

    static List<ConfigurationKey> keys() {
        return List.of(
                new ConfigurationKey(
                        "kafka.bootstrap.servers",
                        common("kafka.bootstrap.servers"),
                        Sources.SERVICES,
                        "The brokers to begin with: `host:port`, several with commas."),
                new ConfigurationKey(
                        "kafka.security.protocol",
                        "PLAINTEXT",
                        Sources.SERVICES,
                        "How to speak to the brokers. All Kafka clients of a service take it, and likewise every other"
                                + " property of Kafka's clients with `kafka.` before it, such as `kafka.sasl.mechanism`,"
                                + " `kafka.sasl.jaas.config`, `kafka.ssl.truststore.location`."),
                logJson(),
                new ConfigurationKey(
                        "quarkus.log.level",
                        "INFO",
                        Sources.SERVICES,
                        "The least that is logged: `DEBUG`, `INFO`, `WARN`, `ERROR`."),
                new ConfigurationKey("quarkus.http.host", "0.0.0.0", Sources.SERVICES, "The address to listen on."),
                new ConfigurationKey(
                        "quarkus.http.port",
                        ports(),
                        Sources.SERVICES,
                        "The port to listen on: the API, health and metrics. By service, in the order of the next column."),
                new ConfigurationKey(
                        "quarkus.shutdown.delay",
                        "",
                        Sources.SERVICES,
                        "How long a service that is to end goes on answering: it is unready, and each answer asks its"
                                + " client to connect anew."),
                new ConfigurationKey(
                        "quarkus.shutdown.timeout",
                        common("quarkus.shutdown.timeout"),
                        Sources.SERVICES,
                        "How long requests that are being answered may take once the service is to end."),
                new ConfigurationKey(
                        "quarkus.otel.sdk.disabled",
                        common("quarkus.otel.sdk.disabled"),
                        Sources.SERVICES,
                        "Whether no traces are made; `false` turns them on. See [tracing](../operations/tracing.md)."),
                new ConfigurationKey(
                        "quarkus.otel.exporter.otlp.endpoint",
                        "http://localhost:4317",
                        Sources.SERVICES,
                        "Where traces go: a collector that speaks OTLP."),
                new ConfigurationKey(
                        "quarkus.otel.exporter.otlp.protocol",
                        "grpc",
                        Sources.SERVICES,
                        "How they go there: `grpc`, or `http/protobuf`, whose usual port is 4318."),
                new ConfigurationKey(
                        "quarkus.otel.traces.sampler.arg",
                        common("quarkus.otel.traces.sampler.arg"),
                        Sources.SERVICES,
                        "Which part of the requests, and of the chunks of files, is traced by its first event, 0 to 1. A"
                                + " request whose caller samples it is traced in any case."),
                new ConfigurationKey(
                        "quarkus.datasource.jdbc.url", load("quarkus.datasource.jdbc.url"), LOAD, "The warehouse."),
                new ConfigurationKey(
                        "quarkus.datasource.jdbc.url",
                        "",
                        List.of("model"),
                        "The database of the registry of models, the warehouse's as a rule. Without it the folder"
                                + " `millrace.models.dir` is the registry."),
                new ConfigurationKey(
                        "quarkus.datasource.username",
                        load("quarkus.datasource.username"),
                        List.of("model", "load"),
                        "Who loads, and keeps the registry: a role that may create tables and schemas."),
                new ConfigurationKey(
                        "quarkus.datasource.password",
                        load("quarkus.datasource.password"),
                        List.of("model", "load"),
                        "Its password."),
                new ConfigurationKey(
                        "quarkus.datasource.jdbc.max-size",
                        load("quarkus.datasource.jdbc.max-size"),
                        LOAD,
                        "The most connections to the warehouse."));
    }

    /** Not a key by itself: it fills in one of Quarkus. */
    private static ConfigurationKey logJson() {
        String fallback =
                common("quarkus.log.console.json.enabled").replaceAll("\\$\\{MILLRACE_LOG_JSON:(\\w+)}", "$1");
        return new ConfigurationKey(
                "MILLRACE_LOG_JSON",
                fallback,
                Sources.SERVICES,
                "Whether logs are JSON, one object a line, instead of text for people.");
    }

    private static String common(String key) {
        return value(Sources.commonProperties().getProperty(key), key);
    }

    private static String load(String key) {
        return value(Sources.applicationProperties("load").getProperty(key), key);
    }

    private static String ports() {
        return Sources.SERVICES.stream()
                .map(service -> Sources.applicationProperties(service).getProperty("quarkus.http.port"))
                .collect(Collectors.joining(", "));
    }

    private static String value(String value, String key) {
        if (value == null) {
            throw new AssertionError(key + " is documented but not set by the service's own files any more");
        }
        return value;
    }
}
