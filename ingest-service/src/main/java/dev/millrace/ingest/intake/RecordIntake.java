package dev.millrace.ingest.intake;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.rejection.RejectedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Reads candidates of one pipeline against its declaration. Whatever the candidate, a Kafka record comes out that a
 * broker takes which was left at its defaults: a record that it refused would be refused again each time. Immutable and
 * thread-safe.
 */
public abstract sealed class RecordIntake permits EventIntake, LabelIntake {
    /** The largest record that is taken, in bytes. */
    public static final int MAX_RECORD_BYTES = RecordReader.MAX_RECORD_BYTES;

    /** What brokers take by default, {@code message.max.bytes}, is 12 bytes more. */
    private static final int MAX_SENT_BYTES = 1024 * 1024;
    /** So much is kept of a record that can not be kept whole. */
    private static final int BEGINNING = 65_536;

    private static final int MAX_TEXT = 1024;
    private static final Logger LOG = Logger.getLogger(RecordIntake.class);

    private final Pipeline pipeline;

    RecordIntake(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The pipeline whose records are taken. */
    public final Pipeline pipeline() {
        return pipeline;
    }

    /** What one record is called: event, label. */
    public abstract String noun();

    /** The fields that a record has to have or may have. */
    public abstract Schema schema();

    /** What the record becomes, or why it becomes nothing. */
    abstract Intake read(Candidate candidate);

    /** Takes the candidate, or gives a rejection that says everything that is wrong with it. */
    public final Intake take(Candidate candidate) {
        if (candidate.json().length > MAX_RECORD_BYTES) {
            return tooLarge(candidate);
        }
        try {
            Intake taken = read(candidate);
            // The key and the headers repeat parts of the record.
            return taken.accepted() && taken.size() > MAX_SENT_BYTES ? tooLarge(candidate) : taken;
        } catch (RuntimeException e) {
            // One record must not stop those behind it, whatever it met in here.
            LOG.errorf(e, "pipeline %s: a record from %s can not be read", pipeline.name(), candidate.source());
            Violation violation = Violation.malformed("a record that can be read", e.toString());
            return refuse(candidate, RejectionReason.INTERNAL_ERROR, List.of(violation));
        }
    }

    /** A rejection of a record that could not even become a candidate. */
    public final Intake refuse(byte[] original, Violation violation, String id, String source) {
        return original.length > MAX_RECORD_BYTES
                ? tooLarge(original, id, source)
                : refuse(original, RejectionReason.MALFORMED, List.of(violation), id, source);
    }

    /** A rejection of a record that is larger than {@link #MAX_RECORD_BYTES}; only its beginning is kept. */
    public final Intake tooLarge(byte[] beginning, String id, String source) {
        Violation violation = Violation.malformed(
                "a record of at most " + MAX_RECORD_BYTES + " bytes", "a larger one, of which the beginning is kept");
        return refuse(beginningOf(beginning), RejectionReason.TOO_LARGE, List.of(violation), id, source);
    }

    final Intake refuse(Candidate candidate, List<Violation> violations) {
        return refuse(candidate, RejectionReason.of(violations), violations);
    }

    private Intake tooLarge(Candidate candidate) {
        return tooLarge(candidate.json(), candidate.fallbackId().get(), candidate.source());
    }

    private Intake refuse(Candidate candidate, RejectionReason reason, List<Violation> violations) {
        String id = candidate.id().orElseGet(candidate.fallbackId());
        return refuse(candidate.json(), reason, violations, id, candidate.source());
    }

    private Intake refuse(
            byte[] original, RejectionReason reason, List<Violation> violations, String id, String source) {
        String message = violations.stream().map(Violation::message).collect(Collectors.joining("; "));
        Intake whole = rejection(original, reason, message, violations, id, source);
        if (whole.size() <= MAX_SENT_BYTES) {
            return whole;
        }
        String more = "; of the record's " + original.length + " bytes only the beginning is kept";
        return rejection(beginningOf(original), reason, message + more, violations, id, source);
    }

    private Intake rejection(
            byte[] original,
            RejectionReason reason,
            String message,
            List<Violation> violations,
            String id,
            String source) {
        Instant now = Instant.now();
        Rejection rejection = new Rejection(
                pipeline.name(),
                Stage.INGEST,
                reason,
                message,
                violations,
                id.length() > MAX_TEXT ? EventId.ofContent(id.getBytes(StandardCharsets.UTF_8)) : id,
                source.length() > MAX_TEXT ? source.substring(0, MAX_TEXT) : source,
                now,
                original,
                Map.of());
        return new Intake(RejectedRecord.of(rejection, now.toEpochMilli()), violations);
    }

    private static byte[] beginningOf(byte[] record) {
        return record.length > BEGINNING ? Arrays.copyOf(record, BEGINNING) : record;
    }
}
