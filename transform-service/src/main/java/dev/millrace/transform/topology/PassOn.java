package dev.millrace.transform.topology;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** A node with a name of ours, before one whose name Kafka Streams makes up: an event can be sent to it by that name. */
final class PassOn extends ContextualProcessor<byte[], Flow, byte[], Flow> {
    @Override
    public void process(Record<byte[], Flow> record) {
        context().forward(record);
    }
}
