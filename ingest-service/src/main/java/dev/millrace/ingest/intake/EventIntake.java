package dev.millrace.ingest.intake;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes events of candidates. */
public final class EventIntake extends RecordIntake {
    /** The intake of that pipeline's events. */
    public EventIntake(Pipeline pipeline) {
        super(pipeline);
    }

    @Override
    public String noun() {
        return "event";
    }

    @Override
    public Schema schema() {
        return pipeline().eventReader().schema();
    }

    @Override
    Intake read(Candidate candidate) {
        Pipeline pipeline = pipeline();
        Reading reading = pipeline.eventReader().read(candidate.json());
        if (reading instanceof Reading.Refused refused) {
            return refuse(candidate, refused.violations());
        }
        Row row = ((Reading.Read) reading).row();
        String id = pipeline.id(row).or(candidate::id).orElseGet(candidate.fallbackId());
        EventHeaders headers = new EventHeaders(
                id,
                candidate.source(),
                candidate.type().orElse("millrace." + pipeline.name()),
                pipeline.time(row),
                candidate.traceparent());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                pipeline.topics().raw(),
                null,
                System.currentTimeMillis(),
                pipeline.key(row, id).getBytes(StandardCharsets.UTF_8),
                candidate.json());
        headers.writeTo((name, value) -> record.headers().add(name, value));
        return new Intake(record, List.of());
    }
}
