package dev.millrace.local.stack;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.warehouse.PostgresServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a service is told by its environment; each gets only what is its business, the password above all. */
record ServiceEnvironment(StackSettings settings, KafkaBroker kafka, PostgresServer postgres) {
    Map<String, String> of(Service service) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("MILLRACE_PIPELINES_DIR", settings.pipelines().toString());
        environment.putAll(own(service));
        environment.putAll(settings.environment());
        return environment;
    }

    private Map<String, String> own(Service service) {
        Path state = settings.state().resolve("services");
        return switch (service) {
            case INGEST -> Map.of("MILLRACE_DATA_DIR", settings.data().toString(), "MILLRACE_FILES_INSTANCE", "local");
            case TRANSFORM ->
                Map.of("MILLRACE_STREAMS_STATE_DIR", state.resolve("transform").toString());
            case MODEL -> {
                Map<String, String> model = new HashMap<>(database());
                model.put("MILLRACE_MODELS_DIR", settings.models().toString());
                model.put("MILLRACE_FEATURES_DIR", state.resolve("model").toString());
                model.put("MILLRACE_SCORING_INSTANCE", "local");
                model.put("MILLRACE_RETRAINING_COMMAND", training());
                yield model;
            }
            case LOAD -> database();
        };
    }

    /** As the words of a list in a configuration: a comma in one has to be escaped. */
    private String training() {
        return Stream.of(
                        settings.home().resolve("millrace").toString(),
                        "train",
                        "{pipeline}",
                        "--registry",
                        "{registry}",
                        "--report",
                        settings.state().resolve("training-report").toString())
                .map(word -> word.replace(",", "\\,"))
                .collect(Collectors.joining(","));
    }

    private Map<String, String> database() {
        return Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", postgres.jdbcUrl(),
                "QUARKUS_DATASOURCE_USERNAME", postgres.user(),
                "QUARKUS_DATASOURCE_PASSWORD", postgres.password());
    }
}
