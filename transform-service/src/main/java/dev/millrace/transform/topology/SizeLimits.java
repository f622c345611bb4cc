package dev.millrace.transform.topology;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The largest records, in bytes, that the topics behind the transform take. They are kept to before a record is sent:
 * once the broker has refused a record, its whole transaction is lost, and would be again each time.
 *
 * @param clean the largest clean record
 * @param rejected the largest rejection
 */
public record SizeLimits(int clean, int rejected) {
    /** A batch of one record: its header is 61 bytes, a record's own lengths and deltas at most 21. */
    private static final int BATCH_OVERHEAD = 128;
    /** The lengths of a header's key and value as varints. */
    private static final int HEADER_OVERHEAD = 10;

    /** What every topic takes. */
    public int smallest() {
        return Math.min(clean, rejected);
    }

    static int sizeOf(Record<byte[], byte[]> record) {
        return sizeOf(record.key(), record.value(), record.headers());
    }

    static int sizeOf(byte[] key, byte[] value, Headers headers) {
        long size = (long) BATCH_OVERHEAD + length(key) + length(value);
        for (Header header : headers) {
            // A char is at most three bytes of UTF-8.
            size += HEADER_OVERHEAD + 3L * header.key().length() + length(header.value());
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
