package dev.millrace.load.worker;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.warehouse.Loaded;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What load counts beside the stage's metrics: {@code millrace_load_rows_total}, {@code millrace_load_lag_records} and
 * {@code millrace_load_working}. Thread-safe.
 */
@ApplicationScoped
public class LoadMetrics {
    private final MeterRegistry registry;
    private final StageMetrics stage;

    LoadMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.stage = new StageMetrics(registry, Stage.LOAD);
    }

    /** Counts a batch that was committed at that time after so long. */
    void loaded(String pipeline, Batch batch, Loaded loaded, Instant committedAt, Duration took) {
        stage.worked(pipeline, took);
        stage.events(pipeline, StageMetrics.OK, loaded.rows());
        stage.events(pipeline, StageMetrics.DUPLICATE, loaded.duplicates());
        loaded.refusals()
                .forEach(refusal -> stage.rejected(pipeline, refusal.rejection().reason()));
        loaded.changes().forEach((change, count) -> rows(pipeline, change).increment(count));
        long now = committedAt.toEpochMilli();
        for (ConsumerRecord<byte[], byte[]> record : batch.records()) {
            stage.age(pipeline, Duration.ofMillis(now - record.timestamp()));
        }
    }

    /** Counts rows that were inserted into a table which no declaration names. */
    public void inserted(String pipeline, String table, long count) {
        rows(pipeline, new Loaded.Change(table, "insert")).increment(count);
    }

    private Counter rows(String pipeline, Loaded.Change change) {
        return Counter.builder("millrace.load.rows")
                .description("Rows that loading inserted or updated.")
                .tag("pipeline", pipeline)
                .tag("table", change.table())
                .tag("operation", change.operation())
                .register(registry);
    }

    /** The gauges of a pipeline, to be removed when its worker stops. */
    List<Gauge> gauges(String pipeline, DoubleSupplier lag, DoubleSupplier working) {
        return List.of(
                Gauge.builder("millrace.load.lag.records", lag::getAsDouble)
                        .description("Records of this replica's partitions that are not in the warehouse yet.")
                        .tag("pipeline", pipeline)
                        .register(registry),
                Gauge.builder("millrace.load.working", working::getAsDouble)
                        .description(
                                "1 while the pipeline's events are loaded, 0 while they wait or its tables do not fit.")
                        .tag("pipeline", pipeline)
                        .register(registry));
    }

    /** Removes gauges. */
    void remove(List<Gauge> gauges) {
        gauges.forEach(registry::remove);
    }
}
