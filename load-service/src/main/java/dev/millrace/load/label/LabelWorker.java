package dev.millrace.load.label;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.warehouse.LabelRow;
import dev.millrace.load.warehouse.LabelTable;
import dev.millrace.load.warehouse.OffsetsMovedException;
import dev.millrace.load.worker.Backoff;
import dev.millrace.load.worker.OwnTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * The thread that brings one pipeline's labels into the warehouse. It owns the consumer; the warehouse's offsets say where
 * to read on. It ends when it was told to and the consumer was woken.
 */
final class LabelWorker implements Runnable, ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(LabelWorker.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String pipeline;
    private final Map<String, LabelTable> tables;
    private final OwnTables ownTables;
    private final Consumer<byte[], byte[]> consumer;
    private final Backoff backoff;
    private final BiConsumer<String, Integer> written;

    private final Map<TopicPartition, Long> next = new HashMap<>();
    private boolean provided;
    private boolean positioned;
    private String trouble = "";
    private volatile boolean stopped;

    /**
     * @param tables the labels' tables by topic
     * @param written is told of each table how many rows were written
     */
    LabelWorker(
            String pipeline,
            Map<String, LabelTable> tables,
            OwnTables ownTables,
            Consumer<byte[], byte[]> consumer,
            Backoff backoff,
            BiConsumer<String, Integer> written) {
        this.pipeline = pipeline;
        this.tables = tables;
        this.ownTables = ownTables;
        this.consumer = consumer;
        this.backoff = backoff;
        this.written = written;
    }

    /** Ends it soon. Thread-safe. */
    void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        MDC.put("pipeline", pipeline);
        try (consumer) {
            consumer.subscribe(tables.keySet(), this);
            while (!stopped) {
                turn();
            }
        } catch (WakeupException stopping) {
            LOG.debugf("labels of pipeline %s: woken", pipeline);
        }
    }

    /** Whatever fails is tried again, from where the warehouse stands. */
    private void turn() {
        try {
            if (!provided) {
                ownTables.provide();
                for (LabelTable table : tables.values()) {
                    table.provide();
                }
                provided = true;
            }
            takePositions();
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (positioned && !records.isEmpty()) {
                for (String topic : tables.keySet()) {
                    write(topic, records);
                }
            }
            trouble = "";
            backoff.reset();
        } catch (WakeupException stopping) {
            LOG.debugf("labels of pipeline %s: woken", pipeline);
        } catch (OffsetsMovedException | SQLException | KafkaException e) {
            fails(e);
        } catch (RuntimeException e) {
            // Flyway's own, where the database is away.
            fails(e);
        }
    }

    private void fails(Exception e) {
        if (!String.valueOf(e.getMessage()).equals(trouble)) {
            LOG.warnf("labels of pipeline %s wait: %s", pipeline, e.getMessage());
        }
        trouble = String.valueOf(e.getMessage());
        positioned = false;
        LockSupport.parkNanos(backoff.next().toNanos());
    }

    private void takePositions() throws SQLException {
        if (positioned || consumer.assignment().isEmpty()) {
            return;
        }
        next.clear();
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(consumer.assignment(), PATIENCE);
        for (Map.Entry<String, LabelTable> table : tables.entrySet()) {
            Map<Integer, Long> ofTopic = new HashMap<>();
            begin.forEach((partition, offset) -> {
                if (partition.topic().equals(table.getKey())) {
                    ofTopic.put(partition.partition(), offset);
                }
            });
            if (!ofTopic.isEmpty()) {
                table.getValue()
                        .positions(ofTopic)
                        .forEach(
                                (partition, offset) -> next.put(new TopicPartition(table.getKey(), partition), offset));
            }
        }
        // What retention has deleted before it was loaded is gone; the warehouse would wait for it for ever.
        for (Map.Entry<TopicPartition, Long> position : next.entrySet()) {
            consumer.seek(position.getKey(), Math.max(position.getValue(), begin.get(position.getKey())));
        }
        consumer.resume(consumer.paused());
        positioned = true;
    }

    private void write(String topic, ConsumerRecords<byte[], byte[]> records)
            throws SQLException, OffsetsMovedException {
        List<LabelRow> rows = new ArrayList<>();
        Map<Integer, OffsetRange> ranges = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records.records(topic)) {
            read(record).ifPresent(rows::add);
            long from = next.get(new TopicPartition(topic, record.partition()));
            ranges.put(record.partition(), new OffsetRange(from, record.offset() + 1));
        }
        if (ranges.isEmpty()) {
            return;
        }
        int count = tables.get(topic).write(rows, ranges);
        ranges.forEach((partition, range) -> next.put(new TopicPartition(topic, partition), range.next()));
        written.accept(tables.get(topic).name().table(), count);
    }

    /** Ingest refuses what is no label; what is none all the same was written by somebody else. */
    private Optional<LabelRow> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode label = record.value() == null
                    ? null
                    : JSON.readTree(record.value()).get("label");
            if (record.key() != null && label != null && (label.isNumber() || label.isBoolean())) {
                double value = label.isBoolean() ? label.booleanValue() ? 1 : 0 : label.doubleValue();
                return Optional.of(new LabelRow(
                        new String(record.key(), StandardCharsets.UTF_8),
                        value,
                        Instant.ofEpochMilli(record.timestamp())));
            }
        } catch (IOException e) {
            LOG.debugf(e, "no JSON");
        }
        LOG.errorf("%s-%d@%d is no label and is left out", record.topic(), record.partition(), record.offset());
        return Optional.empty();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        positioned = false;
        // Something has to be there until the warehouse has been asked; nothing is read while paused.
        partitions.forEach(partition -> consumer.seek(partition, 0));
        consumer.pause(consumer.assignment());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        positioned = false;
    }
}
