package dev.millrace.transform.topology;

import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.service.rejection.RejectedRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A rejection as a record that its topic takes: as it is, else with only the beginning of the original record, else with
 * next to nothing but the reason and the place of the original. Immutable.
 *
 * @param limit the largest record, in bytes
 */
record FittingRejection(int limit) {
    /** More would be of no use to who looks at it; the whole record is where it came from. */
    private static final int KEPT_AT_MOST = 64 * 1024;
    /** What the JSON of the original has besides twice its bytes. */
    private static final int AROUND_ORIGINAL = 32;

    private static final int SHORT_MESSAGE = 256;

    /**
     * The record to send.
     *
     * @param idOfPlace the id to take where the event's own is too long
     */
    Record<byte[], byte[]> of(Rejection whole, long acceptedAt, Supplier<String> idOfPlace) {
        Record<byte[], byte[]> record = record(whole, acceptedAt);
        if (fits(record)) {
            return record;
        }
        Rejection bare = bare(whole, whole.message(), whole.eventId(), new byte[0]);
        int room = limit - SizeLimits.sizeOf(record(bare, acceptedAt)) - AROUND_ORIGINAL;
        if (room >= 0) {
            byte[] original = whole.original();
            byte[] kept = Arrays.copyOf(original, Math.min(original.length, Math.min(room / 2, KEPT_AT_MOST)));
            return record(bare(whole, whole.message(), whole.eventId(), kept), acceptedAt);
        }
        String message = whole.message().substring(0, Math.min(whole.message().length(), SHORT_MESSAGE));
        return record(bare(whole, message, idOfPlace.get(), new byte[0]), acceptedAt);
    }

    private boolean fits(Record<byte[], byte[]> record) {
        return SizeLimits.sizeOf(record) <= limit;
    }

    private static Rejection bare(Rejection whole, String message, String eventId, byte[] kept) {
        return new Rejection(
                whole.pipeline(),
                whole.stage(),
                whole.reason(),
                message + " (the topic does not take this rejection whole: of the record's " + whole.original().length
                        + " bytes the first are kept and none of its headers; the whole record is " + whole.source()
                        + ")",
                List.of(),
                eventId,
                whole.source(),
                whole.rejectedAt(),
                kept,
                Map.of());
    }

    private static Record<byte[], byte[]> record(Rejection rejection, long acceptedAt) {
        ProducerRecord<byte[], byte[]> record = RejectedRecord.of(rejection, acceptedAt);
        return new Record<>(record.key(), record.value(), acceptedAt, record.headers());
    }
}
