package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.EventHeaders;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jboss.logging.MDC;

/**
 * Reads and checks raw records and sends each on. What a record holds never throws here; what does throw is Kafka's
 * business and must reach Kafka Streams, which aborts the transaction. Confined to its stream thread.
 */
final class TransformProcessor implements Processor<byte[], byte[], byte[], Flow> {
    private final Stages stages;
    private ProcessorContext<byte[], Flow> context;
    private Router router;
    private Announcer announcer;

    TransformProcessor(Stages stages) {
        this.stages = stages;
    }

    @Override
    public void init(ProcessorContext<byte[], Flow> newContext) {
        MDC.put("pipeline", stages.pipeline().name());
        this.context = newContext;
        this.router = stages.router("", newContext);
        List<String> children = stages.wiring().awaitingFirst();
        int partition = newContext.taskId().partition();
        this.announcer = new Announcer(newContext, children, partition);
        if (!children.isEmpty()) {
            String topic = stages.pipeline().topics().raw();
            newContext.schedule(
                    OrderedProcessor.LOOK,
                    PunctuationType.WALL_CLOCK_TIME,
                    now -> announcer.announce(Math.max(
                            newContext.currentStreamTimeMs(), stages.progress().of(topic, partition))));
        }
    }

    @Override
    public void process(Record<byte[], byte[]> raw) {
        long start = System.nanoTime();
        Verdict verdict = stages.records().judge(raw.value(), id(raw));
        String place = Router.place(
                context.recordMetadata(), stages.pipeline().topics().raw());
        byte[] original = raw.value() == null ? new byte[0] : raw.value();
        // Kafka Streams keeps with the committed offset the latest time of acceptance so far, so it is the same after a
        // crash.
        long mark = context.currentStreamTimeMs();
        router.route(raw, new Origin(original, place), mark, verdict);
        announcer.passed(mark);
        stages.meters().worked(System.nanoTime() - start);
    }

    private static Optional<String> id(Record<byte[], byte[]> raw) {
        return EventHeaders.idOf(name -> {
            Header header = raw.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
    }
}
