package dev.millrace.service.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.millrace.service.topics.TopicProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jboss.logging.Logger;

/**
 * Replicas tell each other their figures over a small topic that forgets: a record of a few hundred bytes a replica each
 * few seconds. The API server would have to store each of them. A broker that is away costs figures, nothing else.
 */
final class KafkaReports implements Reports {
    static final String TOPIC = "millrace.reports";

    private static final Logger LOG = Logger.getLogger(KafkaReports.class);
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    private static final TypeReference<Map<String, Figures>> REPORT = new TypeReference<>() {};
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int PATIENCE_MILLIS = 1_000;

    private record Report(long atMillis, Map<String, Figures> figures) {}

    private final String service;
    private final String replica;
    private final Duration fresh;
    private final Map<String, Object> kafka;
    private final TopicProvisioner topics;
    private final KafkaProducer<String, String> producer;
    private final Map<String, Report> reports = new HashMap<>();
    private KafkaConsumer<String, String> consumer;
    private boolean provided;

    /** Reports are believed for as long as {@code fresh}. */
    KafkaReports(String service, String replica, Duration fresh, Map<String, Object> kafka, TopicProvisioner topics) {
        this.service = service;
        this.replica = replica;
        this.fresh = fresh;
        this.kafka = kafka;
        this.topics = topics;
        this.producer = new KafkaProducer<>(
                settings(Map.of(
                        "client.id",
                        "millrace-reports-" + replica,
                        "max.block.ms",
                        PATIENCE_MILLIS,
                        "delivery.timeout.ms",
                        5_000,
                        "request.timeout.ms",
                        4_000,
                        "linger.ms",
                        0)),
                new StringSerializer(),
                new StringSerializer());
    }

    @Override
    public void publish(Map<String, Figures> own) {
        try {
            if (!provided) {
                topics.provideForgetful(TOPIC, fresh.multipliedBy(10));
                provided = true;
            }
            producer.send(new ProducerRecord<>(TOPIC, 0, service + "/" + replica, JSON.writeValueAsString(own)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("figures are always JSON", e);
        } catch (RuntimeException e) {
            LOG.debugf("figures can not be told: %s", e.getMessage());
        }
    }

    @Override
    public Collection<Map<String, Figures>> others() {
        long oldest = System.currentTimeMillis() - fresh.toMillis();
        try {
            read(oldest);
        } catch (RuntimeException e) {
            LOG.debugf("figures can not be read: %s", e.getMessage());
        }
        reports.values().removeIf(report -> report.atMillis() < oldest);
        List<Map<String, Figures>> others = new ArrayList<>();
        reports.values().forEach(report -> others.add(report.figures()));
        return others;
    }

    @Override
    public void close() {
        producer.close(Duration.ofMillis(PATIENCE_MILLIS));
        if (consumer != null) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofMillis(PATIENCE_MILLIS)));
        }
    }

    private void read(long oldest) {
        if (consumer == null) {
            consumer = follow(oldest);
        }
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(PATIENCE_MILLIS / 2))) {
            boolean another =
                    record.key().startsWith(service + "/") && !record.key().equals(service + "/" + replica);
            if (another) {
                remember(record);
            }
        }
    }

    private void remember(ConsumerRecord<String, String> record) {
        try {
            reports.put(record.key(), new Report(record.timestamp(), JSON.readValue(record.value(), REPORT)));
        } catch (JsonProcessingException e) {
            LOG.debugf("a replica of another version tells its figures in another form: %s", e.getMessage());
        }
    }

    private KafkaConsumer<String, String> follow(long oldest) {
        KafkaConsumer<String, String> following = new KafkaConsumer<>(
                settings(Map.of(
                        "client.id",
                        "millrace-reports-" + replica,
                        "default.api.timeout.ms",
                        4 * PATIENCE_MILLIS,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "latest")),
                new StringDeserializer(),
                new StringDeserializer());
        try {
            following.assign(List.of(PARTITION));
            var from = following.offsetsForTimes(Map.of(PARTITION, oldest)).get(PARTITION);
            if (from != null) {
                following.seek(PARTITION, from.offset());
            }
            return following;
        } catch (RuntimeException e) {
            following.close();
            throw e;
        }
    }

    private Map<String, Object> settings(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.putAll(own);
        return settings;
    }
}
