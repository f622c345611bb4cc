package dev.millrace.service.rejection;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** A rejection as a Kafka record: keyed by the event's id, the reason also in a header. */
public final class RejectedRecord {
    private RejectedRecord() {}

    /** The record to send; its timestamp is the time of acceptance. */
    public static ProducerRecord<byte[], byte[]> of(Rejection rejection, long acceptedAtMillis) {
        String topic = new Topics(rejection.pipeline()).rejected();
        byte[] id = rejection.eventId().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, acceptedAtMillis, id, rejection.toJson());
        record.headers().add(EventHeaders.ID, id);
        record.headers().add(Rejection.REASON_HEADER, rejection.reason().code().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** A record's headers, as a rejection keeps them. */
    public static Map<String, byte[]> headers(Headers headers) {
        Map<String, byte[]> map = new LinkedHashMap<>();
        for (Header header : headers) {
            map.put(header.key(), header.value());
        }
        return map;
    }
}
