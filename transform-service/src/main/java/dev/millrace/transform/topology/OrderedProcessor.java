package dev.millrace.transform.topology;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Gives a step what comes to it, opened, and in the order of acceptance where it comes from several sources. Confined to
 * its stream thread.
 */
final class OrderedProcessor implements Processor<byte[], Flow, byte[], Flow> {
    /** How often it is looked whether there is anything left to wait for. */
    static final Duration LOOK = Duration.ofMillis(200);

    /**
     * How a step's node is placed.
     *
     * @param serde opens what came by a topic
     * @param alignment how what comes is brought into order; nothing where it is taken as it comes
     * @param children the nodes that have to know how far this one has come
     * @param firstSource the number of this node's partition 0 among the sources of its children
     */
    record Place(FlowSerde serde, Optional<Alignment> alignment, List<String> children, int firstSource) {}

    /**
     * The sources to bring into order.
     *
     * @param store the store of what has to wait
     * @param sources how many there are, by way of topics between steps
     * @param alsoRead a topic of whose partition this node reads too; it has no header of Millrace's, and is the last source
     * @param progress how far that topic is read
     */
    record Alignment(String store, int sources, Optional<String> alsoRead, SourceProgress progress) {
        int all() {
            return sources + (alsoRead.isPresent() ? 1 : 0);
        }
    }

    private final Place place;
    private final Processor<byte[], Flow, byte[], Flow> step;
    private ProcessorContext<byte[], Flow> context;
    private Announcer announcer;
    private Aligner aligner;

    OrderedProcessor(Place place, Processor<byte[], Flow, byte[], Flow> step) {
        this.place = place;
        this.step = step;
    }

    @Override
    public void init(ProcessorContext<byte[], Flow> newContext) {
        this.context = newContext;
        Checkpoint.remove(newContext);
        int source = place.firstSource() + newContext.taskId().partition();
        this.announcer = new Announcer(newContext, place.children(), source);
        step.init(newContext);
        place.alignment().ifPresent(alignment -> {
            HeldStore<byte[]> store = newContext.getStateStore(alignment.store());
            aligner = new Aligner(store.entries(), alignment.all());
            store.beforeCommit(aligner::write);
            newContext.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, now -> look(alignment));
        });
    }

    @Override
    public void process(Record<byte[], Flow> record) {
        if (record.value() instanceof Flow.Sealed sealed) {
            arrived(FlowSerde.order(sealed), record);
        } else if (record.value() instanceof Flow.Received label) {
            // Its time is that of its acceptance.
            int source = aligner == null ? 0 : aligner.sources() - 1;
            Order order = new Order(Order.Kind.LABEL, source, record.timestamp(), 0);
            arrived(order, record.withValue(FlowSerde.seal(order, label)));
        } else if (record.value() instanceof Flow.Sent note) {
            // What does not come by way of a topic is only told how far the node before has come.
            announcer.announce(note.order().mark());
        } else {
            step.process(record);
        }
    }

    private void arrived(Order order, Record<byte[], Flow> record) {
        if (aligner != null) {
            align(order, record);
            takeTurns();
            announcer.passed(aligner.watermark());
        } else if (order.kind() == Order.Kind.PROGRESS) {
            announcer.announce(order.mark());
        } else {
            step.process(place.serde().open(order.mark(), record));
        }
    }

    private void align(Order order, Record<byte[], Flow> record) {
        if (order.kind() == Order.Kind.PROGRESS) {
            aligner.passed(order.source(), order.mark());
        } else {
            aligner.hold(order, context.recordMetadata().orElseThrow().offset(), record);
        }
    }

    private void takeTurns() {
        for (Aligner.Turn turn = aligner.next(); turn != null; turn = aligner.next()) {
            step.process(place.serde().open(turn.order().mark(), turn.record()));
        }
    }

    private void look(Alignment alignment) {
        alignment
                .alsoRead()
                .ifPresent(topic -> aligner.passed(
                        aligner.sources() - 1,
                        alignment.progress().of(topic, context.taskId().partition())));
        takeTurns();
        announcer.announce(aligner.watermark());
    }

    @Override
    public void close() {
        step.close();
    }
}
