package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * How a {@link Flow} is written to a topic between two nodes. What Millrace has written itself can be read; if not, the
 * stream stops rather than losing it. Thread-safe.
 */
final class FlowSerde {
    private FlowSerde() {}

    /** What leaves by a sink; it is never read back. */
    static Serializer<Flow> leaving() {
        return (topic, flow) -> ((Flow.Leaving) flow).value();
    }

    /** Events on their way to a step. */
    static Serde<Flow> waiting(int step, Schema schema) {
        RowWriter writer = new RowWriter(schema.canonical());
        EventReader reader = new EventReader(schema.canonical());
        Serializer<Flow> serializer = (topic, flow) -> writer.write(((Flow.Waiting) flow).row());
        Deserializer<Flow> deserializer = new Deserializer<>() {
            @Override
            public Flow deserialize(String topic, byte[] value) {
                throw new IllegalStateException("an event on its way to a step is read with its headers");
            }

            @Override
            public Flow deserialize(String topic, Headers headers, byte[] value) {
                if (reader.read(value) instanceof Reading.Read read) {
                    return new Flow.Waiting(step, read.row(), Origin.of(headers));
                }
                throw new IllegalStateException("a record of " + topic + " can not be read: " + Texts.of(value));
            }
        };
        return Serdes.serdeFrom(serializer, deserializer);
    }

    /** Events that labels may name. */
    static Serde<Flow> named() {
        return Serdes.serdeFrom(
                (topic, flow) -> {
                    Flow.Named named = (Flow.Named) flow;
                    byte[] key = Texts.bytes(named.key());
                    return ByteBuffer.allocate(12 + key.length)
                            .putLong(named.at().getEpochSecond())
                            .putInt(named.at().getNano())
                            .put(key)
                            .array();
                },
                (topic, bytes) -> {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    Instant at = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
                    byte[] key = new byte[buffer.remaining()];
                    buffer.get(key);
                    return new Flow.Named(Texts.of(key), at);
                });
    }

    /** Labels on their way to a window. */
    static Serde<Flow> relabelled() {
        return Serdes.serdeFrom(
                (topic, flow) -> {
                    Flow.Relabelled label = (Flow.Relabelled) flow;
                    return ByteBuffer.allocate(28)
                            .putLong(label.at().getEpochSecond())
                            .putInt(label.at().getNano())
                            .putDouble(label.before())
                            .putDouble(label.after())
                            .array();
                },
                (topic, bytes) -> {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    return new Flow.Relabelled(
                            Instant.ofEpochSecond(buffer.getLong(), buffer.getInt()),
                            buffer.getDouble(),
                            buffer.getDouble());
                });
    }
}
