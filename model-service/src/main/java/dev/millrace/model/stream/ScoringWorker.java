package dev.millrace.model.stream;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.registry.Model;
import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.tracing.StageTraces;
import dev.millrace.service.tracing.TracedBatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Scores one pipeline's events on a thread of its own: consume, score, produce, and commit records and offsets in one
 * Kafka transaction. Whatever goes wrong, it starts over from the committed offsets with new clients, because a fenced or
 * timed-out producer is of no more use. While there is no model, or none that fits, events wait in {@code clean}.
 */
final class ScoringWorker implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ScoringWorker.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final ModelReference reference;
    private final Traffic traffic;
    private final boolean keepsPredictions;
    private final ModelMetrics metrics;
    private final StreamSettings settings;
    private final Map<String, Object> kafka;
    private final StageTraces traces;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile ScoringState state = ScoringState.holdingUp("starting");

    ScoringWorker(
            Pipeline pipeline,
            ModelReference reference,
            Traffic traffic,
            boolean keepsPredictions,
            ModelMetrics metrics,
            StreamSettings settings,
            Map<String, Object> kafka) {
        this.pipeline = pipeline;
        this.reference = reference;
        this.traffic = traffic;
        this.keepsPredictions = keepsPredictions;
        this.metrics = metrics;
        this.settings = settings;
        this.kafka = kafka;
        this.traces = StageTraces.of(Stage.MODEL, pipeline.name());
        this.thread = new Thread(this::run, "scoring-" + pipeline.name());
    }

    void start() {
        thread.start();
    }

    /** What it is doing. */
    ScoringState state() {
        return state;
    }

    /** Waits until the batch at hand is committed. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        MDC.put("pipeline", pipeline.name());
        while (stopping.getCount() > 0) {
            Optional<ScoringState> obstacle = obstacle(split());
            if (obstacle.isPresent()) {
                waitFor(obstacle.get());
                continue;
            }
            try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                    KafkaProducer<byte[], byte[]> producer = producer()) {
                producer.initTransactions();
                consumer.subscribe(List.of(pipeline.topics().clean()));
                RecordSizes sizes = RecordSizes.ask(kafka, pipeline.topics());
                state = ScoringState.SCORING;
                score(consumer, producer, new BatchScorer(pipeline, traffic, keepsPredictions, metrics, sizes));
            } catch (KafkaException | OrtException e) {
                state = ScoringState.holdingUp("failed, trying again: " + e.getMessage());
                LOG.warnf("pipeline %s: scoring failed, going on from what was committed: %s", pipeline.name(), e);
                pause(Duration.ofSeconds(1));
            } catch (RuntimeException e) {
                state = ScoringState.holdingUp("failed, trying again: " + e);
                LOG.errorf(e, "pipeline %s: scoring failed, going on from what was committed", pipeline.name());
                pause(Duration.ofSeconds(5));
            }
        }
    }

    private void score(
            KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer, BatchScorer scorer)
            throws OrtException {
        while (stopping.getCount() > 0) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            Split split = split();
            if (obstacle(split).isPresent()) {
                // Its alias was taken away, say: give the partitions back until there is a model again.
                return;
            }
            if (!records.isEmpty()) {
                commit(records, split, consumer, producer, scorer);
            }
        }
    }

    private void commit(
            ConsumerRecords<byte[], byte[]> records,
            Split split,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer,
            BatchScorer scorer)
            throws OrtException {
        long start = System.nanoTime();
        try (TracedBatch traced = traces.process(records)) {
            List<ProducerRecord<byte[], byte[]>> scored = scorer.score(records, split);
            producer.beginTransaction();
            scored.forEach(producer::send);
            producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
            producer.commitTransaction();
            scorer.count(scored, Duration.ofNanos(System.nanoTime() - start));
            traced.done();
        }
    }

    /** Why nothing can be scored with that, if nothing can. */
    private Optional<ScoringState> obstacle(Split split) {
        if (split.hasFallback()) {
            return Optional.empty();
        }
        Optional<Model> model = split.main();
        if (model.isEmpty()) {
            String what = "waits for model " + reference.name() + ", alias " + reference.effectiveAlias();
            return Optional.of(traffic.unregistered(reference)
                    .map(why -> new ScoringState(what + ": " + why, true))
                    .orElseGet(() -> ScoringState.holdingUp(what)));
        }
        return model.get()
                .misfit(pipeline)
                .map(why -> ScoringState.holdingUp("waits for a version of model " + reference.name()
                        + " that fits; version " + model.get().description().version() + " does not: " + why));
    }

    private void waitFor(ScoringState obstacle) {
        if (!obstacle.equals(state)) {
            LOG.warnf("pipeline %s: %s", pipeline.name(), obstacle.text());
        }
        state = obstacle;
        pause(Duration.ofMillis(500));
    }

    private Split split() {
        return traffic.split(pipeline, reference);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("group.id", "millrace-model-" + pipeline.name());
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("max.poll.records", settings.batch());
        properties.put("fetch.max.bytes", 16 * 1024 * 1024);
        properties.put("max.partition.fetch.bytes", 4 * 1024 * 1024);
        properties.put("session.timeout.ms", (int) settings.sessionTimeout().toMillis());
        properties.put("heartbeat.interval.ms", (int) settings.sessionTimeout().toMillis() / 3);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("transactional.id", "millrace-model-" + pipeline.name() + "-" + settings.instance());
        properties.put("transaction.timeout.ms", 15_000);
        properties.put("acks", "all");
        properties.put("linger.ms", 5);
        // While the broker still ends the transaction before, it sends the next one's first records back: the client's
        // own pause of 100 ms would be taken in each transaction.
        properties.put("retry.backoff.ms", 5);
        properties.put("batch.size", 131_072);
        properties.put("max.request.size", RecordSizes.LARGEST);
        properties.put("max.block.ms", 15_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void pause(Duration time) {
        try {
            stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }
}
