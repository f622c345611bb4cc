package dev.millrace.ingest.intake;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Reads candidates of one pipeline against its declaration. Immutable and thread-safe. */
public final class EventIntake {
    /** The largest record that is taken, in bytes: what brokers take by default. */
    public static final int MAX_RECORD_BYTES = 1024 * 1024 - 4096;

    private final Pipeline pipeline;

    /** The intake of that pipeline. */
    public EventIntake(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The pipeline whose events are taken. */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** Makes an event of the candidate, or a rejection that says everything that is wrong with it. */
    public Intake take(Candidate candidate) {
        if (candidate.json().length > MAX_RECORD_BYTES) {
            return tooLarge(candidate.json(), candidate.fallbackId().get(), candidate.source());
        }
        Reading reading = pipeline.eventReader().read(candidate.json());
        if (reading instanceof Reading.Refused refused) {
            String id = candidate.id().orElseGet(candidate.fallbackId());
            return refuse(
                    candidate.json(),
                    RejectionReason.of(refused.violations()),
                    refused.violations(),
                    id,
                    candidate.source());
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

    /** A rejection of a record that could not even become a candidate. */
    public Intake refuse(byte[] original, Violation violation, String id, String source) {
        return refuse(original, RejectionReason.MALFORMED, List.of(violation), id, source);
    }

    /** A rejection of a record that is larger than {@link #MAX_RECORD_BYTES}; only its beginning is kept. */
    public Intake tooLarge(byte[] beginning, String id, String source) {
        byte[] kept = beginning.length > 65_536 ? java.util.Arrays.copyOf(beginning, 65_536) : beginning;
        Violation violation = Violation.malformed(
                "a record of at most " + MAX_RECORD_BYTES + " bytes", "a larger one, of which the beginning is kept");
        return refuse(kept, RejectionReason.TOO_LARGE, List.of(violation), id, source);
    }

    private Intake refuse(
            byte[] original, RejectionReason reason, List<Violation> violations, String id, String source) {
        String message = violations.stream().map(Violation::message).collect(Collectors.joining("; "));
        Instant now = Instant.now();
        Rejection rejection = new Rejection(
                pipeline.name(), Stage.INGEST, reason, message, violations, id, source, now, original, Map.of());
        return new Intake(RejectedRecord.of(rejection, now.toEpochMilli()), violations);
    }
}
