package dev.millrace.load.audit;

import dev.millrace.load.Machine;
import dev.millrace.load.worker.LoadConfig;
import dev.millrace.pipeline.Pipeline;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;

/** One replica's audit of one pipeline. Its horizon is ahead of now, so that no test waits for a grace to pass. */
final class Audited implements AutoCloseable {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AgroalDataSource database = Machine.warehouse();
    private final Pipeline pipeline;
    private final Auditor auditor;
    private boolean closed;

    Audited(Pipeline pipeline) {
        this.pipeline = pipeline;
        LoadConfig load = new SmallRyeConfigBuilder()
                .withMapping(LoadConfig.class)
                .withConverter(
                        io.quarkus.runtime.configuration.MemorySize.class,
                        100,
                        new io.quarkus.runtime.configuration.MemorySizeConverter())
                .withConverter(Duration.class, 100, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(LoadConfig.class);
        auditor = new Auditor(
                new Soon(),
                load,
                database,
                new AuditMetrics(registry),
                Map.of("bootstrap.servers", Machine.bootstrapServers()));
        auditor.started(pipeline);
    }

    boolean shown() {
        return registry.find("millrace.audit.until.seconds").gauge() != null;
    }

    double value(String name, String... tags) {
        Gauge gauge = registry.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            auditor.stopped(pipeline.name());
            auditor.close();
            database.close();
        }
    }

    private record Soon() implements AuditConfig {
        @Override
        public boolean enabled() {
            return true;
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration grace() {
            return Duration.ofSeconds(-60);
        }

        @Override
        public Duration keep() {
            return Duration.ofSeconds(20);
        }
    }
}
