package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowCodec;
import dev.millrace.pipeline.event.Schema;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Record;

/**
 * How what goes to a step is written to a topic before it, and opened when its turn has come. What Millrace has written
 * itself can be read; if not, the stream stops rather than losing it. Thread-safe.
 */
final class FlowSerde {
    private final int step;
    private final RowCodec rows;

    /** For the step at that place, to which events come with that schema. */
    FlowSerde(int step, Schema schema) {
        this.step = step;
        this.rows = new RowCodec(schema.canonical());
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
        if (!(flow instanceof Flow.Sent sent)) {
            throw new IllegalStateException("not for a topic between steps: " + flow);
        }
        ByteBuffer bytes = body(sent.flow());
        sent.order().writeTo(bytes.rewind());
        return bytes.array();
    }

    /** What the flow holds, with room before it for the order. */
    private ByteBuffer body(Flow flow) {
        if (flow instanceof Flow.Waiting waiting) {
            RowCodec.Packed row = rows.pack(waiting.row());
            ByteBuffer bytes = waiting.origin().toBuffer(Order.SIZE, row.size());
            row.writeTo(bytes);
            return bytes;
        } else if (flow instanceof Flow.Named named) {
            byte[] key = Texts.bytes(named.key());
            return time(room(12 + key.length), named.at()).put(key);
        } else if (flow instanceof Flow.Relabelled label) {
            return time(room(36 + label.id().length), label.at())
                    .putDouble(label.before())
                    .putDouble(label.after())
                    .putLong(label.accepted())
                    .put(label.id());
        } else if (flow instanceof Flow.Progress) {
            return room(0);
        }
        throw new IllegalStateException("not for a topic between steps: " + flow);
    }

    private static ByteBuffer room(int size) {
        return ByteBuffer.allocate(Order.SIZE + size).position(Order.SIZE);
    }

    /** A label with its place in the order, as if it had come from a step. */
    static Flow.Sealed seal(Order order, Flow.Received label) {
        byte[] json = label.json() == null ? new byte[0] : label.json();
        return new Flow.Sealed(order.writeTo(ByteBuffer.allocate(Order.SIZE + json.length))
                .put(json)
                .array());
    }

    /** Where a record stands in the order. */
    static Order order(Flow.Sealed sealed) {
        return Order.read(ByteBuffer.wrap(sealed.value()));
    }

    /**
     * The record, opened.
     *
     * @param mark the mark that it got, which may be later than that which it came with
     */
    Record<byte[], Flow> open(long mark, Record<byte[], Flow> record) {
        byte[] value = ((Flow.Sealed) record.value()).value();
        ByteBuffer bytes = ByteBuffer.wrap(value);
        Flow flow = switch (Order.read(bytes).kind()) {
            case EVENT -> event(bytes, mark);
            case NAMED -> named(bytes, mark);
            case LABEL -> new Flow.Label(rest(bytes), mark);
            case RELABELLED -> relabelled(bytes);
            case PROGRESS -> new Flow.Progress(mark);
        };
        return record.withValue(flow);
    }

    private Flow event(ByteBuffer bytes, long mark) {
        Origin origin = Origin.read(bytes);
        Row row = rows.read(bytes)
                .orElseThrow(() -> new IllegalStateException("an event on its way to step " + step
                        + " can not be read: the raw record " + origin.place() + ", before it a declaration whose"
                        + " fields had other types"));
        return new Flow.Waiting(step, row, origin, mark);
    }

    private static Flow named(ByteBuffer buffer, long mark) {
        Instant at = time(buffer);
        return new Flow.Named(Texts.of(rest(buffer)), at, mark);
    }

    private static byte[] rest(ByteBuffer buffer) {
        byte[] rest = new byte[buffer.remaining()];
        buffer.get(rest);
        return rest;
    }

    private static Flow relabelled(ByteBuffer buffer) {
        Instant at = time(buffer);
        double before = buffer.getDouble();
        double after = buffer.getDouble();
        // One that was written before labels had it.
        long accepted = buffer.hasRemaining() ? buffer.getLong() : -1;
        return new Flow.Relabelled(rest(buffer), accepted, at, before, after);
    }

    private static ByteBuffer time(ByteBuffer buffer, Instant at) {
        return buffer.putLong(at.getEpochSecond()).putInt(at.getNano());
    }

    private static Instant time(ByteBuffer buffer) {
        return Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
    }
}
