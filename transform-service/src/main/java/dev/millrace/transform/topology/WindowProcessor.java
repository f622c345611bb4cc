package dev.millrace.transform.topology;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.Windowed;
import dev.millrace.transform.topology.Wiring.Arrival;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jboss.logging.Logger;

/**
 * Adds rolling features to events, and labels to what they count. The store has each key's chunks. Confined to its stream
 * thread.
 */
final class WindowProcessor implements Processor<byte[], Flow, byte[], Flow> {
    private static final Logger LOG = Logger.getLogger(WindowProcessor.class);

    private final Stages stages;
    private final Arrival arrival;
    private final WindowStep step;
    private final String storeName;
    private final FeatureRecord features;
    private ProcessorContext<byte[], Flow> context;
    private Router router;
    private WindowStore windows;
    private Horizon horizon;
    /** Where labels are counted. */
    private Optional<UncountedEvents> uncounted;

    WindowProcessor(Stages stages, Arrival arrival, String storeName) {
        this.stages = stages;
        this.arrival = arrival;
        this.step = (WindowStep) stages.transform().keyedStep(arrival.step());
        this.storeName = storeName;
        this.features = new FeatureRecord(step);
    }

    @Override
    public void init(ProcessorContext<byte[], Flow> newContext) {
        this.context = newContext;
        this.router = stages.router("-" + arrival.step(), newContext);
        HeldStore<ValueAndTimestamp<byte[]>> store = newContext.getStateStore(storeName);
        this.windows = new WindowStore(store, step.plan());
        this.horizon = new Horizon(step.plan().retention());
        Sweep.every(
                newContext,
                store.entries(),
                chunk -> horizon.isBeyond(windows.endOf(chunk.value()), chunk.timestamp()));
        this.uncounted = arrival.labelled()
                ? Optional.of(new UncountedEvents(newContext, UncountedEvents.storeOf(storeName), horizon))
                : Optional.empty();
    }

    @Override
    public void process(Record<byte[], Flow> record) {
        long start = System.nanoTime();
        if (record.value() instanceof Flow.Waiting waiting) {
            router.route(record, waiting.origin(), waiting.mark(), verdict(record, waiting));
            stages.meters().worked(System.nanoTime() - start);
        } else if (record.value() instanceof Flow.Relabelled label) {
            if (!uncounted.orElseThrow().withholds(label)) {
                relabel(Texts.of(record.key()), label.at(), label.before(), label.after(), record.timestamp());
            }
        }
    }

    private Verdict verdict(Record<byte[], Flow> record, Flow.Waiting waiting) {
        Row row = waiting.row();
        String key = step.key(row);
        if (key == null) {
            return stages.records().proceed(step.without(row), arrival.step() + 1);
        }
        Instant at = stages.pipeline().time(row);
        horizon.see(at, record.timestamp());
        Windowed windowed;
        try {
            windowed = step.plan().add(row, at, windows.of(key));
        } catch (EvaluationException e) {
            leaveOut(record, at);
            return Verdict.Refused.of(
                    RejectionReason.EXPRESSION_FAILED, "window by '" + step.field() + "': " + e.getMessage());
        }
        if (windowed.late()) {
            leaveOut(record, at);
            stages.meters().late(step.name());
            return stages.records().proceed(step.late(row), arrival.step() + 1);
        }
        windows.keep(key, windowed, record.timestamp());
        uncounted.ifPresent(events -> events.counted(id(record))
                .ifPresent(label -> relabel(key, at, step.plan().unlabelled(), label, record.timestamp())));
        if (step.published() && router.speaksOf(waiting.origin())) {
            context.forward(
                    new Record<>(
                            features.key(key),
                            new Flow.Leaving(features.value(key, at, windowed.features())),
                            record.timestamp()),
                    Wiring.FEATURES + "-" + arrival.step());
        }
        return stages.records().proceed(step.with(row, windowed.features()), arrival.step() + 1);
    }

    private void leaveOut(Record<byte[], Flow> record, Instant at) {
        uncounted.ifPresent(events -> events.add(id(record), at, record.timestamp()));
    }

    private static byte[] id(Record<byte[], Flow> record) {
        return Texts.bytes(Router.id(record).orElse(""));
    }

    private void relabel(String key, Instant at, double before, double after, long acceptedAt) {
        try {
            Optional<Windowed> windowed = step.plan().label(at, before, after, windows.of(key));
            windowed.ifPresent(changed -> windows.keep(key, changed, acceptedAt));
        } catch (EvaluationException e) {
            LOG.warnf(
                    "pipeline %s: a label can not be counted: %s",
                    stages.pipeline().name(), e.getMessage());
        }
    }

    /** The features of a key as others read them. */
    private static final class FeatureRecord {
        private static final JsonStringEncoder JSON = JsonStringEncoder.getInstance();

        private final String by;
        private final byte[] head;
        private final Schema schema;
        private final RowWriter writer;

        FeatureRecord(WindowStep step) {
            this.by = step.field();
            this.head = Texts.bytes("{\"" + new String(JSON.quoteAsString(by)) + "\":\"");
            this.schema = new Schema(step.plan().features());
            this.writer = new RowWriter(schema);
        }

        byte[] key(String key) {
            return Texts.bytes(by + "=" + key);
        }

        byte[] value(String key, Instant at, Object[] features) {
            byte[] name = JSON.quoteAsUTF8(key);
            byte[] middle = Texts.bytes("\",\"at\":\"" + at + "\",\"features\":");
            byte[] values = writer.write(new Row(schema, features));
            return ByteBuffer.allocate(head.length + name.length + middle.length + values.length + 1)
                    .put(head)
                    .put(name)
                    .put(middle)
                    .put(values)
                    .put((byte) '}')
                    .array();
        }
    }
}
