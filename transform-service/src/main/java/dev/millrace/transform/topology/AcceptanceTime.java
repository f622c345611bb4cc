package dev.millrace.transform.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of acceptance that a raw record carries. One that an old client wrote may carry none (-1), which by default
 * stops Kafka Streams; it counts as accepted now.
 */
final class AcceptanceTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.timestamp() >= 0 ? record.timestamp() : System.currentTimeMillis();
    }
}
