package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.DeduplicateStep;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.transform.topology.Wiring.Arrival;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * Lets each event through once within a time. The store has of each key the time and a hash of the content of the event
 * that was first. Confined to its stream thread.
 */
final class DeduplicateProcessor implements Processor<byte[], Flow, byte[], Flow> {
    private final Stages stages;
    private final Arrival arrival;
    private final DeduplicateStep step;
    private final String storeName;
    private Router router;
    private TimestampedKeyValueStore<Bytes, byte[]> store;
    private Horizon horizon;

    DeduplicateProcessor(Stages stages, Arrival arrival, String storeName) {
        this.stages = stages;
        this.arrival = arrival;
        this.step = (DeduplicateStep) stages.transform().keyedStep(arrival.step());
        this.storeName = storeName;
    }

    @Override
    public void init(ProcessorContext<byte[], Flow> context) {
        this.router = stages.router("-" + arrival.step(), context);
        this.store = context.getStateStore(storeName);
        this.horizon = new Horizon(step.within());
        Sweep.every(
                context,
                store,
                entry -> horizon.isBeyond(First.of(entry.value()).at(), entry.timestamp()));
    }

    /** What is remembered of the first event. */
    private record First(Instant at, int content) {
        static First of(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new First(Instant.ofEpochSecond(buffer.getLong(), buffer.getInt()), buffer.getInt());
        }

        byte[] toBytes() {
            return ByteBuffer.allocate(16)
                    .putLong(at.getEpochSecond())
                    .putInt(at.getNano())
                    .putInt(content)
                    .array();
        }
    }

    @Override
    public void process(Record<byte[], Flow> record) {
        long start = System.nanoTime();
        Flow.Waiting waiting = (Flow.Waiting) record.value();
        router.route(record, waiting.origin(), waiting.mark(), verdict(record, waiting));
        stages.meters().worked(System.nanoTime() - start);
    }

    private Verdict verdict(Record<byte[], Flow> record, Flow.Waiting waiting) {
        boolean byId = step.by().isEmpty();
        String key = byId ? id(record) : step.key(waiting.row());
        if (key == null) {
            return stages.records().proceed(waiting.row(), arrival.step() + 1);
        }
        Instant at = stages.pipeline().time(waiting.row());
        horizon.see(at, record.timestamp());
        First now = new First(at, waiting.row().hashCode());
        Bytes stored = Bytes.wrap(Texts.bytes(key));
        ValueAndTimestamp<byte[]> before = store.get(stored);
        if (before != null) {
            First first = First.of(before.value());
            if (Duration.between(first.at(), at).abs().compareTo(step.within()) <= 0) {
                return byId && first.content() != now.content()
                        ? Verdict.Refused.of(
                                RejectionReason.DUPLICATE_ID,
                                "another event with the id '" + key + "' and other content came first")
                        : new Verdict.LeftOut(Outcome.Why.DUPLICATE);
            }
        }
        store.put(stored, ValueAndTimestamp.make(now.toBytes(), record.timestamp()));
        return stages.records().proceed(waiting.row(), arrival.step() + 1);
    }

    private static String id(Record<byte[], Flow> record) {
        Header id = record.headers().lastHeader(EventHeaders.ID);
        return id == null ? null : Texts.of(id.value());
    }
}
