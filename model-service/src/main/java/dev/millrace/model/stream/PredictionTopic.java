package dev.millrace.model.stream;

import dev.millrace.model.ModelMetrics;
import dev.millrace.model.traffic.PredictionLog;
import dev.millrace.model.traffic.Room;
import dev.millrace.model.traffic.Word;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * Writes predictions to their pipelines' topics, on a thread of its own. Two bounds hold while the broker is away or slow:
 * calls that wait to be written ({@code millrace.predictions.waiting}) and bytes that wait in the producer; what does not
 * fit is dropped and counted, and whoever predicts notices nothing. What waits when the process is killed is lost as well.
 */
@ApplicationScoped
public class PredictionTopic implements PredictionLog {
    private static final Logger LOG = Logger.getLogger(PredictionTopic.class);
    private static final long BUFFER_BYTES = 16L * 1024 * 1024;
    private static final long LOOK_MILLIS = 200;
    private static final long GATHERS_MILLIS = 5;
    private static final long STOPS_WITHIN_MILLIS = 5_000;

    private final ModelMetrics metrics;
    private final PredictionsSettings settings;
    private final Map<String, Object> kafka;
    private final BlockingQueue<Word> waiting;
    private final Room room = new Room();
    private final Thread writer = new Thread(this::write, "predictions");
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean dropping;

    PredictionTopic(
            ModelMetrics metrics,
            PredictionsSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.metrics = metrics;
        this.settings = settings;
        this.kafka = kafka;
        this.waiting = new ArrayBlockingQueue<>(settings.waiting());
    }

    @Override
    public void add(Word word) {
        if (!settings.enabled()) {
            return;
        }
        // At zero from the first prediction on, so that the first one that is dropped is an increase.
        metrics.dropped(word.model().name(), 0);
        if (!room.take(word.items())) {
            dropped(word, word.count(), "too many items of lists wait to be written");
        } else if (!waiting.offer(word)) {
            room.give(word.items());
            dropped(word, word.count(), "more than " + settings.waiting() + " calls wait to be written");
        }
    }

    void start(@Observes StartupEvent event) {
        if (settings.enabled()) {
            writer.setDaemon(true);
            writer.start();
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        ended.countDown();
        if (writer.isAlive()) {
            writer.join(STOPS_WITHIN_MILLIS);
        }
    }

    private void write() {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            while (ended.getCount() > 0 || !waiting.isEmpty()) {
                Word word = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                boolean some = word != null;
                for (; word != null; word = waiting.poll()) {
                    write(word, producer);
                    room.give(word.items());
                }
                if (some) {
                    // Woken for each, this thread would take the processor from who predicts twice as long.
                    ended.await(GATHERS_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Word word, KafkaProducer<byte[], byte[]> producer) {
        for (ProducerRecord<byte[], byte[]> record : PredictionRecords.of(word)) {
            try {
                producer.send(record, (sent, failure) -> {
                    if (failure == null) {
                        dropping = false;
                    } else {
                        dropped(word, 1, failure.getMessage());
                    }
                });
            } catch (KafkaException | IllegalStateException e) {
                dropped(word, 1, e.getMessage());
            }
        }
    }

    private void dropped(Word word, int count, String why) {
        metrics.dropped(word.model().name(), count);
        if (!dropping) {
            dropping = true;
            LOG.warnf(
                    "pipeline %s: predictions are not written down: %s",
                    word.pipeline().name(), why);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("acks", "all");
        properties.put("enable.idempotence", true);
        properties.put("linger.ms", 20);
        properties.put("batch.size", 131_072);
        properties.put("buffer.memory", BUFFER_BYTES);
        // Nobody waits for it but this thread, behind which predictions are dropped.
        properties.put("max.block.ms", 1_000);
        properties.put("request.timeout.ms", 10_000);
        properties.put("delivery.timeout.ms", 60_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
