package dev.millrace.ingest.intake;

import dev.millrace.pipeline.event.Violation;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What became of a candidate, and the Kafka record that says so.
 *
 * @param record goes to {@code raw}, or to {@code rejected}
 * @param violations what is wrong with the candidate; empty if it was accepted
 */
public record Intake(ProducerRecord<byte[], byte[]> record, List<Violation> violations) {
    /** A batch's header is 61 bytes, a record's own lengths and deltas at most 21. */
    private static final int BATCH_OVERHEAD = 128;
    /** The lengths of a header's key and value as varints. */
    private static final int HEADER_OVERHEAD = 10;

    /** Whether the candidate is an event now. */
    public boolean accepted() {
        return violations.isEmpty();
    }

    /** At most so many bytes the record takes on the broker, in a batch of its own. */
    public int size() {
        long size = (long) BATCH_OVERHEAD + record.key().length + record.value().length;
        for (Header header : record.headers()) {
            // A char is at most three bytes of UTF-8.
            size += HEADER_OVERHEAD + 3L * header.key().length() + header.value().length;
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }
}
