package dev.millrace.ingest.intake;

import dev.millrace.pipeline.event.Violation;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What became of a candidate, and the Kafka record that says so.
 *
 * @param record goes to {@code raw}, or to {@code rejected}
 * @param violations what is wrong with the candidate; empty if it was accepted
 */
public record Intake(ProducerRecord<byte[], byte[]> record, List<Violation> violations) {
    /** Whether the candidate is an event now. */
    public boolean accepted() {
        return violations.isEmpty();
    }

    /** The bytes that the record takes, about. */
    public int size() {
        return record.value().length + 512;
    }
}
