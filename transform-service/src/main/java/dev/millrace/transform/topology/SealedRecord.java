package dev.millrace.transform.topology;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** A sealed record, with its key, headers and time, as bytes for a store. */
final class SealedRecord {
    private static final int NONE = -1;

    private SealedRecord() {}

    static byte[] toBytes(Record<byte[], Flow> record) {
        byte[] value = ((Flow.Sealed) record.value()).value();
        Header[] headers = record.headers().toArray();
        byte[][] names = new byte[headers.length][];
        int size = Long.BYTES + Integer.BYTES + sizeOf(record.key()) + sizeOf(value);
        for (int i = 0; i < headers.length; i++) {
            names[i] = Texts.bytes(headers[i].key());
            size += sizeOf(names[i]) + sizeOf(headers[i].value());
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).putLong(record.timestamp()).putInt(headers.length);
        for (int i = 0; i < headers.length; i++) {
            put(bytes, names[i]);
            put(bytes, headers[i].value());
        }
        put(bytes, record.key());
        put(bytes, value);
        return bytes.array();
    }

    static Record<byte[], Flow> of(byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        long timestamp = bytes.getLong();
        int count = bytes.getInt();
        Headers headers = new RecordHeaders();
        for (int i = 0; i < count; i++) {
            headers.add(Texts.of(get(bytes)), get(bytes));
        }
        byte[] key = get(bytes);
        return new Record<>(key, new Flow.Sealed(get(bytes)), timestamp, headers);
    }

    private static int sizeOf(byte[] part) {
        return Integer.BYTES + (part == null ? 0 : part.length);
    }

    private static void put(ByteBuffer bytes, byte[] part) {
        if (part == null) {
            bytes.putInt(NONE);
        } else {
            bytes.putInt(part.length).put(part);
        }
    }

    private static byte[] get(ByteBuffer bytes) {
        int size = bytes.getInt();
        if (size == NONE) {
            return null;
        }
        byte[] part = new byte[size];
        bytes.get(part);
        return part;
    }
}
