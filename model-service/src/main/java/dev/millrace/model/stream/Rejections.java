package dev.millrace.model.stream;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The rejections of records that can not be scored, each no larger than its topic takes.
 *
 * @param pipeline the pipeline's name
 * @param atMost how many bytes a record of the topic may have
 */
record Rejections(String pipeline, int atMost) {
    private static final int KEPT_OF_TOO_LARGE = 64 * 1024;

    /** The rejection of that record. */
    ProducerRecord<byte[], byte[]> of(
            ConsumerRecord<byte[], byte[]> record, RejectionReason reason, List<Violation> violations) {
        String place = record.topic() + "-" + record.partition() + "@" + record.offset();
        String id = EventHeaders.idOf(name -> {
                    Header header = record.headers().lastHeader(name);
                    return header == null ? null : header.value();
                })
                .orElseGet(() -> EventId.of(record.topic() + "-" + record.partition(), record.offset()));
        Rejection rejection = new Rejection(
                pipeline,
                Stage.MODEL,
                reason,
                violations.stream().map(Violation::message).collect(Collectors.joining("; ")),
                violations,
                id,
                place,
                Instant.now(),
                record.value() == null ? new byte[0] : record.value(),
                RejectedRecord.headers(record.headers()));
        ProducerRecord<byte[], byte[]> rejected = RejectedRecord.of(rejection, record.timestamp());
        return RecordSizes.of(rejected) <= atMost
                ? rejected
                : RejectedRecord.of(shortened(rejection), record.timestamp());
    }

    private static Rejection shortened(Rejection whole) {
        byte[] original = whole.original();
        return new Rejection(
                whole.pipeline(),
                whole.stage(),
                whole.reason(),
                whole.message() + " (the topic does not take this rejection whole: of the record's " + original.length
                        + " bytes the first are kept and none of its headers; the whole record is " + whole.source()
                        + ")",
                whole.violations(),
                whole.eventId(),
                whole.source(),
                whole.rejectedAt(),
                Arrays.copyOf(original, Math.min(original.length, KEPT_OF_TOO_LARGE)),
                Map.of());
    }
}
