package dev.millrace.transform.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.transform.topology.Wiring.Arrival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jboss.logging.Logger;

/**
 * Brings labels and the events that they name together, whichever came first, and sends the label on to the event's
 * window. The store has of each event's id what is known of both. Confined to its stream thread.
 */
final class LabelProcessor implements Processor<byte[], Flow, byte[], Flow> {
    private static final Logger LOG = Logger.getLogger(LabelProcessor.class);
    private static final ObjectReader JSON = new ObjectMapper().reader();

    private final Stages stages;
    private final WindowStep step;
    private final Arrival arrival;
    private final String storeName;
    private final int firstSource;
    private ProcessorContext<byte[], Flow> context;
    private TimestampedKeyValueStore<Bytes, byte[]> store;
    private Horizon horizon;

    /** @param firstSource the number of this node's partition 0 among the sources of the window */
    LabelProcessor(Stages stages, Arrival arrival, String storeName, int firstSource) {
        this.stages = stages;
        this.arrival = arrival;
        this.firstSource = firstSource;
        this.step = (WindowStep) stages.transform().keyedStep(arrival.step());
        this.storeName = storeName;
    }

    @Override
    public void init(ProcessorContext<byte[], Flow> newContext) {
        this.context = newContext;
        this.store = newContext.getStateStore(storeName);
        Duration reach = step.plan().retention();
        this.horizon = new Horizon(reach);
        Sweep.every(
                newContext, store, stored -> horizon.isBeyond(Known.of(stored).at(), stored.timestamp()));
    }

    /**
     * What is known of an id.
     *
     * @param accepted when the event was accepted, or while it is unknown the label, in milliseconds; -1 where that is of a state
     *     from before it was kept
     * @param at when the event happened, or while it is unknown when the label came
     * @param label what the event counts for
     * @param key the event's key; null while the event is unknown
     */
    private record Known(long accepted, Instant at, double label, String key) {
        static Known of(ValueAndTimestamp<byte[]> stored) {
            ByteBuffer buffer = ByteBuffer.wrap(stored.value());
            Instant at = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
            double label = buffer.getDouble();
            byte[] key = new byte[buffer.remaining()];
            buffer.get(key);
            return new Known(stored.timestamp(), at, label, key.length == 0 ? null : Texts.of(key));
        }

        ValueAndTimestamp<byte[]> toStored() {
            byte[] text = key == null ? new byte[0] : Texts.bytes(key);
            byte[] bytes = ByteBuffer.allocate(20 + text.length)
                    .putLong(at.getEpochSecond())
                    .putInt(at.getNano())
                    .putDouble(label)
                    .put(text)
                    .array();
            // A changelog takes no time before 1970.
            return ValueAndTimestamp.make(bytes, Math.max(0, accepted));
        }
    }

    @Override
    public void process(Record<byte[], Flow> record) {
        if (record.key() == null) {
            return;
        }
        Bytes id = Bytes.wrap(record.key());
        ValueAndTimestamp<byte[]> stored = store.get(id);
        Known before = stored == null ? null : Known.of(stored);
        if (record.value() instanceof Flow.Named named) {
            horizon.see(named.at(), record.timestamp());
            double label = before == null ? step.plan().unlabelled() : before.label();
            if (before == null || before.key() == null) {
                long accepted = record.timestamp();
                keep(id, new Known(accepted, named.at(), label, named.key()));
                Known unlabelled = new Known(accepted, named.at(), step.plan().unlabelled(), named.key());
                send(record, named.mark(), unlabelled, label);
            }
        } else if (record.value() instanceof Flow.Label label) {
            label(record, id, before, label);
        }
    }

    private void label(Record<byte[], Flow> record, Bytes id, Known before, Flow.Label came) {
        OptionalDouble label = read(came.json());
        if (label.isEmpty()) {
            LOG.warnf(
                    "pipeline %s: passed over a record of %s that has no number or boolean as label",
                    stages.pipeline().name(), Router.place(context.recordMetadata(), "a topic of labels"));
            return;
        }
        double now = label.getAsDouble();
        if (before == null || before.key() == null) {
            long accepted = record.timestamp();
            keep(id, new Known(accepted, Instant.ofEpochMilli(accepted), now, null));
            return;
        }
        keep(id, new Known(before.accepted(), before.at(), now, before.key()));
        send(record, came.mark(), before, now);
    }

    private void keep(Bytes id, Known known) {
        store.put(id, known.toStored());
    }

    private void send(Record<byte[], Flow> record, long mark, Known event, double after) {
        if (event.label() != after) {
            Order order = Order.of(
                    Order.Kind.RELABELLED, firstSource + context.taskId().partition(), mark, event.at());
            Flow label = new Flow.Relabelled(record.key(), event.accepted(), event.at(), event.label(), after);
            context.forward(
                    new Record<>(Texts.bytes(event.key()), new Flow.Sent(order, label), record.timestamp()),
                    arrival.relabelledNode());
        }
    }

    private static OptionalDouble read(byte[] json) {
        try {
            JsonNode label = json == null ? null : JSON.readTree(json).get("label");
            if (label != null && label.isBoolean()) {
                return OptionalDouble.of(label.booleanValue() ? 1 : 0);
            }
            return label != null && label.isNumber() ? OptionalDouble.of(label.doubleValue()) : OptionalDouble.empty();
        } catch (IOException notJson) {
            return OptionalDouble.empty();
        }
    }
}
