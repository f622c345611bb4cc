package dev.millrace.transform.topology;

import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.tracing.StageTraces;
import dev.millrace.service.tracing.TracedBatch;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Lets a processor work on a sampled record within a span of the record's trace; what it sends on with the record's headers
 * goes on in that trace. Confined to its stream thread.
 */
final class TracedProcessor<V> implements Processor<byte[], byte[], byte[], V> {
    private final Processor<byte[], byte[], byte[], V> processor;
    private final StageTraces traces;
    private ProcessorContext<byte[], V> context;

    TracedProcessor(String pipeline, Processor<byte[], byte[], byte[], V> processor) {
        this.processor = processor;
        this.traces = StageTraces.of(Stage.TRANSFORM, pipeline);
    }

    @Override
    public void init(ProcessorContext<byte[], V> newContext) {
        this.context = newContext;
        processor.init(newContext);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try (TracedBatch traced = begin(record)) {
            processor.process(record);
            traced.done();
        }
    }

    private TracedBatch begin(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElse(null);
        return at == null
                ? TracedBatch.NONE
                : traces.process(record.headers(), at.topic(), at.partition(), at.offset());
    }

    @Override
    public void close() {
        processor.close();
    }
}
