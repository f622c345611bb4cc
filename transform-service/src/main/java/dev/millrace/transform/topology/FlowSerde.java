package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Record;

/**
 * How what goes to a step is written to a topic before it, and opened when its turn has come. What Millrace has written
 * itself can be read; if not, the stream stops rather than losing it. Thread-safe.
 */
final class FlowSerde {
    private static final byte[] NOTHING = {};

    private final int step;
    private final RowWriter writer;
    private final EventReader reader;

    /** For the step at that place, to which events come with that schema. */
    FlowSerde(int step, Schema schema) {
        this.step = step;
        this.writer = new RowWriter(schema.canonical());
        this.reader = new EventReader(schema.canonical());
    }

    /** What leaves by a sink; it is never read back. */
    static Serializer<Flow> leaving() {
        return (topic, flow) -> ((Flow.Leaving) flow).value();
    }

    /** Writes what is on its way; reads it {@link Flow.Sealed}. */
    Serde<Flow> serde() {
        return Serdes.serdeFrom((topic, flow) -> write(flow), (topic, bytes) -> new Flow.Sealed(bytes));
    }

    private byte[] write(Flow flow) {
        if (flow instanceof Flow.Waiting waiting) {
            return writer.write(waiting.row());
        } else if (flow instanceof Flow.Named named) {
            byte[] key = Texts.bytes(named.key());
            return time(ByteBuffer.allocate(12 + key.length), named.at())
                    .put(key)
                    .array();
        } else if (flow instanceof Flow.Relabelled label) {
            return time(ByteBuffer.allocate(28), label.at())
                    .putDouble(label.before())
                    .putDouble(label.after())
                    .array();
        } else if (flow instanceof Flow.Progress) {
            return NOTHING;
        }
        throw new IllegalStateException("not for a topic between steps: " + flow);
    }

    /** The record, opened; without what its headers said of its way. */
    Record<byte[], Flow> open(Order order, Record<byte[], Flow> record) {
        byte[] value = ((Flow.Sealed) record.value()).value();
        Headers headers = record.headers();
        Flow flow = switch (order.kind()) {
            case EVENT -> event(value, headers, order.mark());
            case NAMED -> named(ByteBuffer.wrap(value), order.mark());
            case LABEL -> new Flow.Label(value, order.mark());
            case RELABELLED -> relabelled(ByteBuffer.wrap(value));
            case PROGRESS -> new Flow.Progress(order.mark());
        };
        Order.removeFrom(headers);
        return record.withValue(flow);
    }

    private Flow event(byte[] value, Headers headers, long mark) {
        if (reader.read(value) instanceof Reading.Read read) {
            return new Flow.Waiting(step, read.row(), Origin.of(headers), mark);
        }
        throw new IllegalStateException("an event on its way to a step can not be read: " + Texts.of(value));
    }

    private static Flow named(ByteBuffer buffer, long mark) {
        Instant at = time(buffer);
        byte[] key = new byte[buffer.remaining()];
        buffer.get(key);
        return new Flow.Named(Texts.of(key), at, mark);
    }

    private static Flow relabelled(ByteBuffer buffer) {
        return new Flow.Relabelled(time(buffer), buffer.getDouble(), buffer.getDouble());
    }

    private static ByteBuffer time(ByteBuffer buffer, Instant at) {
        return buffer.putLong(at.getEpochSecond()).putInt(at.getNano());
    }

    private static Instant time(ByteBuffer buffer) {
        return Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
    }
}
