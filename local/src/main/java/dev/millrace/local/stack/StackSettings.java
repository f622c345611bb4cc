package dev.millrace.local.stack;

import dev.millrace.local.process.Life;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a stack is started. A port of 0 is any free one.
 *
 * @param home the folder of the sources, where the services were built
 * @param state where data, logs and what is known of the running processes are kept
 * @param pipelines the folder of the declarations
 * @param models the folder of the models
 * @param kafkaPort the broker's port
 * @param postgresPort the database's port
 * @param ports the services' ports
 * @param forget what of a former run is forgotten
 * @param life how long its processes are to live
 * @param startsWithin how long the services may take to become ready
 * @param environment what is added to every service's environment, for instance {@code MILLRACE_LOG_JSON}
 */
public record StackSettings(
        Path home,
        Path state,
        Path pipelines,
        Path models,
        int kafkaPort,
        int postgresPort,
        Map<Service, Integer> ports,
        Forget forget,
        Life life,
        Duration startsWithin,
        Map<String, String> environment) {
    /** The broker's usual port. */
    public static final int KAFKA_PORT = 9092;
    /** The database's usual port here: PostgreSQL's own is often taken by one that is installed. */
    public static final int POSTGRES_PORT = 15432;

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(120);

    public StackSettings {
        home = home.toAbsolutePath().normalize();
        state = state.toAbsolutePath().normalize();
        pipelines = pipelines.toAbsolutePath().normalize();
        models = models.toAbsolutePath().normalize();
        Map<Service, Integer> all = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            all.put(service, ports.getOrDefault(service, service.defaultPort()));
        }
        ports = Map.copyOf(all);
        environment = Map.copyOf(environment);
    }

    /** The card-fraud example on the usual ports. */
    public static StackSettings of(Path home, Path state) {
        Path example = home.resolve("examples/card-fraud");
        return new StackSettings(
                home,
                state,
                example,
                example.resolve("models"),
                KAFKA_PORT,
                POSTGRES_PORT,
                Map.of(),
                Forget.NOTHING,
                Life.LONG,
                STARTS_WITHIN,
                Map.of());
    }

    /** These settings on free ports: for tests, of which several may run at once. */
    public StackSettings withFreePorts() {
        Map<Service, Integer> free = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            free.put(service, 0);
        }
        return withPorts(0, 0, free);
    }

    /** These settings with those ports. */
    public StackSettings withPorts(int kafka, int postgres, Map<Service, Integer> services) {
        return new StackSettings(
                home, state, pipelines, models, kafka, postgres, services, forget, life, startsWithin, environment);
    }

    /** These settings with those folders of declarations and models. */
    public StackSettings withFolders(Path otherPipelines, Path otherModels) {
        return new StackSettings(
                home,
                state,
                otherPipelines,
                otherModels,
                kafkaPort,
                postgresPort,
                ports,
                forget,
                life,
                startsWithin,
                environment);
    }

    /** These settings, forgetting that. */
    public StackSettings forgetting(Forget what) {
        return new StackSettings(
                home, state, pipelines, models, kafkaPort, postgresPort, ports, what, life, startsWithin, environment);
    }

    /** These settings for processes that live so long. */
    public StackSettings withLife(Life other) {
        return new StackSettings(
                home,
                state,
                pipelines,
                models,
                kafkaPort,
                postgresPort,
                ports,
                forget,
                other,
                startsWithin,
                environment);
    }

    /** These settings with that in every service's environment. */
    public StackSettings withEnvironment(Map<String, String> variables) {
        return new StackSettings(
                home, state, pipelines, models, kafkaPort, postgresPort, ports, forget, life, startsWithin, variables);
    }

    /** Where the files of file sources are expected. */
    public Path data() {
        return state.resolve("data");
    }
}
