package dev.millrace.load.predictions;

import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.warehouse.Offsets;
import dev.millrace.load.warehouse.OffsetsMovedException;
import dev.millrace.load.worker.LoadMetrics;
import dev.millrace.load.worker.OwnTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Loads one pipeline's predictions on a thread of its own. Rows and the offsets behind them are committed in one
 * transaction of the warehouse, and it reads on from the warehouse's offsets, whatever the group's say: each prediction is
 * one row, through a kill or a rebalance. Whatever fails is tried again.
 */
final class PredictionsWorker implements Runnable, ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(PredictionsWorker.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String pipeline;
    private final String topic;
    private final DataSource database;
    private final OwnTables ownTables;
    private final LoadMetrics metrics;
    private final Consumer<byte[], byte[]> consumer;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Map<Integer, Long> next = new HashMap<>();
    private final Thread thread;
    private boolean positioned;
    private String trouble = "";

    PredictionsWorker(
            String pipeline,
            String topic,
            DataSource database,
            OwnTables ownTables,
            LoadMetrics metrics,
            Consumer<byte[], byte[]> consumer) {
        this.pipeline = pipeline;
        this.topic = topic;
        this.database = database;
        this.ownTables = ownTables;
        this.metrics = metrics;
        this.consumer = consumer;
        this.thread = new Thread(this, "predictions-" + pipeline);
    }

    void start() {
        thread.start();
    }

    /** Waits until the batch at hand is committed. */
    void stop() {
        stopping.countDown();
        consumer.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        MDC.put("pipeline", pipeline);
        try (consumer) {
            consumer.subscribe(Set.of(topic), this);
            while (stopping.getCount() > 0) {
                turn();
            }
        } catch (WakeupException stopped) {
            LOG.debugf("pipeline %s: woken", pipeline);
        }
    }

    private void turn() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!positioned) {
                takePositions();
            } else if (!records.isEmpty()) {
                load(records);
            }
            trouble = "";
        } catch (WakeupException e) {
            LOG.debugf("pipeline %s: woken", pipeline);
        } catch (OffsetOutOfRangeException e) {
            consumer.beginningOffsets(e.partitions(), PATIENCE).forEach((partition, offset) -> {
                LOG.errorf(
                        "pipeline %s: the topic of predictions does not hold what follows %s of partition %d any more;"
                                + " loading goes on at %d",
                        pipeline, e.offsetOutOfRangePartitions().get(partition), partition.partition(), offset);
                consumer.seek(partition, offset);
                next.put(partition.partition(), offset);
            });
        } catch (OffsetsMovedException e) {
            fails("another replica has loaded them: " + e.getMessage());
        } catch (SQLException e) {
            fails("the warehouse fails: " + e.getMessage());
        } catch (KafkaException e) {
            fails("the broker fails: " + e.getMessage());
        } catch (RuntimeException e) {
            fails(e.toString());
        }
    }

    private void fails(String what) {
        if (!what.equals(trouble)) {
            LOG.warnf("pipeline %s: predictions wait: %s", pipeline, what);
        }
        trouble = what;
        positioned = false;
        try {
            stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }

    /** Begins at the warehouse's offsets. */
    private void takePositions() throws SQLException {
        Set<TopicPartition> assigned = consumer.assignment();
        if (assigned.isEmpty()) {
            return;
        }
        ownTables.provide();
        Map<Integer, Long> begin = new HashMap<>();
        consumer.beginningOffsets(assigned, PATIENCE)
                .forEach((partition, offset) -> begin.put(partition.partition(), offset));
        next.clear();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            next.putAll(Offsets.positions(connection, topic, begin));
        }
        next.forEach((partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
        consumer.resume(assigned);
        positioned = true;
    }

    private void load(ConsumerRecords<byte[], byte[]> records) throws SQLException, OffsetsMovedException {
        Map<Integer, OffsetRange> ranges = new HashMap<>();
        records.nextOffsets()
                .forEach((partition, offset) -> ranges.put(
                        partition.partition(), new OffsetRange(next.get(partition.partition()), offset.offset())));
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            int rows = 0;
            if (Offsets.lock(connection, topic, ranges)) {
                rows = PredictionsTable.insert(connection, records);
                Offsets.advance(connection, topic, ranges);
                connection.commit();
            } else {
                connection.rollback();
            }
            ranges.forEach((partition, range) -> next.put(partition, range.next()));
            metrics.inserted(pipeline, PredictionsTable.NAME, rows);
        }
        // For people who look at the group's lag; nothing is read from it.
        consumer.commitAsync(records.nextOffsets(), (offsets, failure) -> {});
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
