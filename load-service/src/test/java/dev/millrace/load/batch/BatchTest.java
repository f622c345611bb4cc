package dev.millrace.load.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.load.Feed;
import dev.millrace.load.schema.StarSchema;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Pipeline pipeline = Feed.pipeline("""
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: batch }
            spec:
              event:
                id: id
                time: at
                fields:
                  id: { type: string, required: true }
                  at: { type: timestamp, required: true }
                  who: { type: string }
              sinks:
                - postgres:
                    fact: { table: fact_batch }
                    dimensions: { dim_who: { key: who } }
            """);
    private final StarSchema star = StarSchema.of(pipeline, "public").orElseThrow();

    @Test
    void leaves_nothing_behind_of_a_record_that_fails_half_way() {
        // Without a place for the dimension's keys a record that has one fails in the midst of its row.
        LoadPlan broken = new LoadPlan(pipeline, star, List.of());
        Batch expected = new Batch(broken);
        expected.add(record(0, "{\"id\":\"a\",\"at\":\"2026-03-01T00:00:00Z\"}"), 0);
        Batch batch = new Batch(broken);
        batch.add(record(0, "{\"id\":\"a\",\"at\":\"2026-03-01T00:00:00Z\"}"), 0);
        batch.add(record(1, "{\"id\":\"b\",\"at\":\"2026-03-01T00:00:00Z\",\"who\":\"w\"}"), 0);

        assertThat(batch.rows()).isEqualTo(1);
        assertThat(batch.facts().length()).isEqualTo(expected.facts().length());
        assertThat(batch.ids().length()).isEqualTo(expected.ids().length());
        assertThat(batch.dimensions().get(0).rows()).isEmpty();
        assertThat(batch.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.rejection().reason()).isEqualTo(RejectionReason.INTERNAL_ERROR);
            assertThat(refusal.offset()).isEqualTo(1);
        });
        assertThat(batch.ranges()).containsEntry(0, new OffsetRange(0, 2));
    }

    @Test
    void halves_hold_every_record_and_all_offsets_between_them() {
        Batch batch = new Batch(LoadPlan.of(pipeline, star));
        for (int i = 0; i < 5; i++) {
            batch.add(record(2 * i, "{\"id\":\"" + i + "\",\"at\":\"2026-03-01T00:00:00Z\"}"), 0);
        }
        batch.endAt(0, 20);
        List<Batch> halves = batch.halves();

        assertThat(halves).extracting(Batch::rows).containsExactly(2, 3);
        assertThat(halves.get(0).ranges()).containsEntry(0, new OffsetRange(0, 3));
        assertThat(halves.get(1).ranges()).containsEntry(0, new OffsetRange(3, 20));
    }

    private ConsumerRecord<byte[], byte[]> record(long offset, String json) {
        return new ConsumerRecord<>(
                pipeline.topicToLoad(), 0, offset, new byte[0], json.getBytes(StandardCharsets.UTF_8));
    }
}
