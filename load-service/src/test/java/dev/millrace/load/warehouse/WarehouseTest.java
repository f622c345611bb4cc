package dev.millrace.load.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.load.Feed;
import dev.millrace.load.Machine;
import dev.millrace.load.Sql;
import dev.millrace.load.batch.Batch;
import dev.millrace.load.batch.LoadPlan;
import dev.millrace.load.schema.StarSchema;
import dev.millrace.pipeline.Pipeline;
import io.agroal.api.AgroalDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class WarehouseTest {
    private final Pipeline pipeline = Feed.pipeline("""
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: twice }
            spec:
              event:
                id: id
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
              sinks: [{ postgres: { fact: { table: fact_twice } } }]
            """);
    private final LoadPlan plan =
            LoadPlan.of(pipeline, StarSchema.of(pipeline, "public").orElseThrow());

    /** So it is after a rebalance that came while the commit was under way. */
    @Test
    void a_batch_that_is_read_again_after_its_commit_has_loaded_nothing() throws Exception {
        try (AgroalDataSource database = Machine.warehouse()) {
            Flyway.configure()
                    .dataSource(database)
                    .defaultSchema("millrace")
                    .schemas("millrace")
                    .load()
                    .migrate();
            Warehouse warehouse = new Warehouse(database, plan);
            warehouse.prepare();
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                Offsets.positions(connection, pipeline.topicToLoad(), Map.of(0, 0L));
            }

            Loaded first = warehouse.load(batch());
            Loaded again = warehouse.load(batch());

            assertThat(first.rows()).isEqualTo(1);
            assertThat(again).isEqualTo(Loaded.NOTHING);
            assertThat(Sql.number("SELECT count(*) FROM fact_twice")).isEqualTo(1);
        }
    }

    private Batch batch() {
        Batch batch = new Batch(plan);
        byte[] json = "{\"id\":\"a\",\"at\":\"2026-03-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
        batch.add(new ConsumerRecord<>(pipeline.topicToLoad(), 0, 0, null, json), 0);
        batch.endAt(0, 1);
        return batch;
    }
}
