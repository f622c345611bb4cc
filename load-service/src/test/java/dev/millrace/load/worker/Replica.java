package dev.millrace.load.worker;

import dev.millrace.load.Machine;
import dev.millrace.pipeline.Pipeline;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;

/** A load service without its frame: what one replica runs. */
public final class Replica implements AutoCloseable {
    private final AgroalDataSource database;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Set<String> running = new HashSet<>();
    private final Loader loader;

    public Replica() {
        this(20_000);
    }

    public Replica(int batchRows) {
        this(batchRows, Machine.warehouse());
    }

    /** One that loads into that database, and closes it. */
    public Replica(int batchRows, AgroalDataSource database) {
        this.database = database;
        Flyway flyway = Flyway.configure()
                .dataSource(database)
                .defaultSchema("millrace")
                .schemas("millrace")
                .load();
        this.loader = new Loader(
                new Settings(batchRows),
                database,
                new OwnTables(flyway),
                new LoadMetrics(registry),
                Map.of("bootstrap.servers", Machine.bootstrapServers()));
    }

    public static Replica of(Pipeline... pipelines) {
        Replica replica = new Replica();
        List.of(pipelines).forEach(replica::start);
        return replica;
    }

    public Replica start(Pipeline pipeline) {
        running.add(pipeline.name());
        loader.started(pipeline);
        return this;
    }

    public void stop(Pipeline pipeline) {
        running.remove(pipeline.name());
        loader.stopped(pipeline.name());
    }

    public String state(Pipeline pipeline) {
        return loader.states().get(pipeline.name()).inWords();
    }

    /** Whether a thread has ended that was not told to. */
    public boolean isBroken() {
        return !loader.broken().isEmpty();
    }

    /** The value of a counter, 0 if nothing was counted. */
    public double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** The sum of a timer. */
    public double seconds(String name) {
        return registry.get(name).timer().totalTime(TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        running.forEach(loader::stopped);
        database.close();
    }

    private record Settings(int batchRows) implements LoadConfig {
        @Override
        public String schema() {
            return "public";
        }

        @Override
        public MemorySize batchBytes() {
            return new MemorySize(BigInteger.valueOf(16 << 20));
        }

        @Override
        public Duration linger() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration retryFirst() {
            return Duration.ofMillis(100);
        }

        @Override
        public Duration retryAtMost() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration handover() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration sessionTimeout() {
            return Duration.ofSeconds(6);
        }
    }
}
