package dev.millrace.service.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.millrace.service.topics.TopicProvisioner;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The durable records of the pipelines' states, in a compacted topic, a record a pipeline. A change is a transaction
 * under a name that all replicas share: who begins one puts an end to what others have begun, and only then reads what it
 * changes; so of two that change the same record one is refused and looks again. Thread-safe.
 */
@ApplicationScoped
public class StateBook {
    /** The topic. */
    public static final String TOPIC = "millrace.states";

    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int TRIES = 10;
    private static final long GIVES_WAY_MILLIS = 100;
    private static final long GIVES_WAY_AT_MOST_MILLIS = 2_000;

    private final Map<String, Object> kafka;
    private final TopicProvisioner topics;
    private final AtomicBoolean provided = new AtomicBoolean();
    private final Map<String, Entry> latest = new HashMap<>();
    private KafkaConsumer<String, String> follower;

    /** A record and where it stands: what was seen once is not taken back by a look that came later and saw less. */
    private record Entry(StateRecord record, long offset) {}

    StateBook(@Identifier("default-kafka-broker") Map<String, Object> kafka, TopicProvisioner topics) {
        this.kafka = kafka;
        this.topics = topics;
    }

    /**
     * What is known of a pipeline's state, as of now.
     *
     * @throws RuntimeException if the broker did not answer
     */
    public Optional<StateRecord> read(String pipeline) {
        readAll();
        return Optional.ofNullable(known().get(pipeline));
    }

    private void readAll() {
        try (KafkaConsumer<String, String> consumer = fromTheBeginning()) {
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(this::note);
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "the broker did not give the topic " + TOPIC + " within " + PATIENCE.toSeconds() + " s");
                }
            }
        }
    }

    /** What is known of all pipelines' states, as it was a moment ago; for who looks again and again. */
    public synchronized Map<String, StateRecord> latest() {
        if (follower == null) {
            KafkaConsumer<String, String> begun = fromTheBeginning();
            readAll();
            follower = begun;
        }
        follower.poll(Duration.ZERO).forEach(this::note);
        return known();
    }

    private void note(ConsumerRecord<String, String> record) {
        note(record.key(), parsed(record.value()), record.offset());
    }

    private synchronized void note(String pipeline, StateRecord record, long offset) {
        latest.merge(pipeline, new Entry(record, offset), (old, seen) -> seen.offset() > old.offset() ? seen : old);
    }

    private synchronized Map<String, StateRecord> known() {
        Map<String, StateRecord> records = new HashMap<>();
        latest.forEach((pipeline, entry) -> records.put(pipeline, entry.record()));
        return records;
    }

    @PreDestroy
    synchronized void close() {
        if (follower != null) {
            follower.close(CloseOptions.timeout(Duration.ofSeconds(1)));
            follower = null;
        }
    }

    private KafkaConsumer<String, String> fromTheBeginning() {
        provide();
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "millrace-states");
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        return consumer;
    }

    /**
     * Changes what is known of a pipeline's state. The change is made of what is known when it is made, and is called again
     * where another came between; where it gives the same record or null, nothing is written.
     *
     * @throws RuntimeException if the broker did not answer
     */
    public Optional<StateRecord> change(String pipeline, UnaryOperator<StateRecord> change) {
        StateRecord seen = read(pipeline).orElse(null);
        StateRecord wished = change.apply(seen);
        for (int i = 0; i < TRIES && wished != null && !wished.equals(seen); i++) {
            Optional<StateRecord> written = tryTo(pipeline, change);
            if (written.isPresent()) {
                return written;
            }
            giveWay(i);
            seen = read(pipeline).orElse(null);
            wished = change.apply(seen);
        }
        if (wished != null && !wished.equals(seen)) {
            throw new IllegalStateException("others change the state of pipeline " + pipeline + " at the same time");
        }
        return Optional.ofNullable(seen);
    }

    /** Services that follow the same edit begin at the same time; without chance they would end each other's tries for ever. */
    private static void giveWay(int tries) {
        long most = Math.min(GIVES_WAY_MILLIS << tries, GIVES_WAY_AT_MOST_MILLIS);
        LockSupport.parkNanos(
                TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(most)));
    }

    private Optional<StateRecord> tryTo(String pipeline, UnaryOperator<StateRecord> change) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "millrace-states");
        settings.put("transactional.id", "millrace-states-" + pipeline);
        settings.put("acks", "all");
        settings.put("linger.ms", 0);
        settings.put("max.block.ms", (int) PATIENCE.toMillis());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            StateRecord before = read(pipeline).orElse(null);
            StateRecord after = change.apply(before);
            if (after == null || after.equals(before)) {
                return Optional.ofNullable(before);
            }
            producer.beginTransaction();
            Future<RecordMetadata> sent =
                    producer.send(new ProducerRecord<>(TOPIC, 0, pipeline, JSON.writeValueAsString(after)));
            producer.commitTransaction();
            note(pipeline, after, sent.get().offset());
            return Optional.of(after);
        } catch (KafkaException e) {
            if (isByAnother(e) || e.getCause() != null && isByAnother(e.getCause())) {
                return Optional.empty();
            }
            throw e;
        } catch (JsonProcessingException | ExecutionException e) {
            throw new IllegalStateException("a record of a state is always JSON, and sent once it is committed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while changing the state of pipeline " + pipeline, e);
        }
    }

    /** Whether another has begun a change since, and the broker ended this one for it; what came of it is read then. */
    private static boolean isByAnother(Throwable e) {
        return e instanceof ProducerFencedException
                || e instanceof InvalidProducerEpochException
                || e instanceof InvalidTxnStateException
                || e instanceof TransactionAbortedException;
    }

    private void provide() {
        if (!provided.get()) {
            topics.provideCompacted(TOPIC);
            provided.set(true);
        }
    }

    private static StateRecord parsed(String json) {
        try {
            return JSON.readValue(json, StateRecord.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of " + TOPIC + " can not be read: " + e.getMessage(), e);
        }
    }
}
