package dev.millrace.load.worker;

import dev.millrace.load.batch.Refusal;
import dev.millrace.load.warehouse.Outbox;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.service.rejection.RejectedRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * Sends what stands in the outbox to the rejected topic, each rejection exactly once. One Kafka transaction sends
 * rejections and commits the group's offsets behind their records; an entry whose record is before the group's offset was
 * sent by a transaction after which the entry could not be removed. A replica that lost the partition is fenced by the
 * group's generation. Confined to the worker's thread.
 */
final class RejectionSender implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RejectionSender.class);

    private static final int AT_ONCE = 500;
    /** Below a broker's default limit for a record, 1 MiB. */
    private static final int SURELY_ACCEPTED = 900_000;

    private static final int KEPT_OF_TOO_LARGE = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DataSource database;
    private final String topic;
    private final Map<String, Object> settings;
    private Producer<byte[], byte[]> producer;
    private boolean cutTooLarge;

    RejectionSender(DataSource database, String topic, Map<String, Object> kafka) {
        this.database = database;
        this.topic = topic;
        this.settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 64 * 1024 * 1024);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    }

    /**
     * Sends everything that stands in the outbox for the consumer's partitions.
     *
     * @throws SQLException if the database fails; to be tried again
     * @throws KafkaException if the broker fails; to be tried again
     */
    void send(Consumer<?, ?> consumer) throws SQLException {
        Set<Integer> partitions =
                consumer.assignment().stream().map(TopicPartition::partition).collect(Collectors.toSet());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            List<Refusal> refusals = Outbox.first(connection, topic, partitions, AT_ONCE);
            while (!refusals.isEmpty()) {
                Map<Integer, Long> behind = new HashMap<>();
                refusals.forEach(refusal -> behind.merge(refusal.partition(), refusal.offset() + 1, Math::max));
                send(consumer, unsent(consumer, refusals));
                Outbox.remove(connection, topic, behind);
                refusals = Outbox.first(connection, topic, partitions, AT_ONCE);
            }
        }
    }

    private List<Refusal> unsent(Consumer<?, ?> consumer, List<Refusal> refusals) {
        Set<TopicPartition> partitions = refusals.stream()
                .map(refusal -> new TopicPartition(topic, refusal.partition()))
                .collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> sentBefore = consumer.committed(partitions, PATIENCE);
        return refusals.stream()
                .filter(refusal -> {
                    OffsetAndMetadata offset = sentBefore.get(new TopicPartition(topic, refusal.partition()));
                    return offset == null || refusal.offset() >= offset.offset();
                })
                .toList();
    }

    private void send(Consumer<?, ?> consumer, List<Refusal> refusals) {
        if (refusals.isEmpty()) {
            return;
        }
        try {
            Producer<byte[], byte[]> sender = producer();
            Map<TopicPartition, OffsetAndMetadata> behind = new HashMap<>();
            sender.beginTransaction();
            for (Refusal refusal : refusals) {
                sender.send(RejectedRecord.of(sendable(refusal.rejection()), refusal.acceptedAtMillis()));
                behind.put(new TopicPartition(topic, refusal.partition()), new OffsetAndMetadata(refusal.offset() + 1));
            }
            sender.sendOffsetsToTransaction(behind, consumer.groupMetadata());
            sender.commitTransaction();
            cutTooLarge = false;
        } catch (KafkaException e) {
            cutTooLarge = tooLarge(e);
            abort();
            close();
            throw e;
        }
    }

    /** Readers of the rejected topic wait for an open transaction; one that can not be aborted ends by its timeout. */
    private void abort() {
        try {
            if (producer != null) {
                producer.abortTransaction();
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.debugf(e, "a transaction of rejections could not be aborted");
        }
    }

    /** What no broker would take is sent without most of its bytes, so that the reason at least is not lost. */
    private Rejection sendable(Rejection rejection) {
        if (!cutTooLarge || rejection.toJson().length <= SURELY_ACCEPTED) {
            return rejection;
        }
        byte[] original = rejection.original();
        return new Rejection(
                rejection.pipeline(),
                rejection.stage(),
                rejection.reason(),
                rejection.message() + " (of its " + original.length + " bytes only the first are kept here; the whole"
                        + " record is " + rejection.source() + ")",
                rejection.violations(),
                rejection.eventId(),
                rejection.source(),
                rejection.rejectedAt(),
                Arrays.copyOf(original, Math.min(original.length, KEPT_OF_TOO_LARGE)),
                Map.of());
    }

    private static boolean tooLarge(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return true;
            }
        }
        return false;
    }

    private Producer<byte[], byte[]> producer() {
        if (producer == null) {
            settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "millrace-load-" + UUID.randomUUID());
            producer = new KafkaProducer<>(settings);
            producer.initTransactions();
        }
        return producer;
    }

    /** Ends the producer; a transaction that is open is aborted by the broker. */
    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
