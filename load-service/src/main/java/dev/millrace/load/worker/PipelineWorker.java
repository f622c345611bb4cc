package dev.millrace.load.worker;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.batch.LoadPlan;
import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.warehouse.Offsets;
import dev.millrace.load.worker.BatchLoader.Settled;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * The thread that reads one pipeline's topic, encodes batches and hands them to the {@link BatchLoader}. It owns the
 * consumer and everything here but the loader; it ends when the loader was told to stop and the consumer was woken.
 *
 * <p>It reads on from the warehouse's offsets, whatever the group's say. The group's offsets say how far rejections are in
 * the rejected topic, and show people how far the pipeline is.
 */
final class PipelineWorker implements Runnable, ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(PipelineWorker.class);
    /** One is filled, one is waiting, one is loaded. */
    private static final int BATCHES = 3;

    private static final Duration POLL = Duration.ofMillis(1);
    private static final Duration NAP = Duration.ofMillis(10);
    private static final Duration GROUP_COMMITS = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String pipeline;
    private final String topic;
    private final LoadConfig config;
    private final DataSource database;
    private final Consumer<byte[], byte[]> consumer;
    private final BatchLoader loader;
    private final RejectionSender rejections;
    private final LoadMetrics metrics;
    private final Backoff backoff;

    private final Deque<Batch> free = new ArrayDeque<>();
    private final Map<Integer, Long> next = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> groupOffsets = new HashMap<>();
    private Batch filling;
    private Instant fillingSince = Instant.EPOCH;
    private int underWay;
    private int recordsUnderWay;
    private int epoch;
    private boolean positioned;
    private boolean rejectionsDue;
    private Instant tryAgainAt = Instant.EPOCH;
    private Instant groupCommittedAt = Instant.EPOCH;
    private volatile long lag;
    private volatile String trouble = "";

    PipelineWorker(
            LoadPlan plan,
            LoadConfig config,
            DataSource database,
            Consumer<byte[], byte[]> consumer,
            BatchLoader loader,
            RejectionSender rejections,
            LoadMetrics metrics) {
        this.pipeline = plan.pipeline().name();
        this.topic = plan.pipeline().topicToLoad();
        this.config = config;
        this.database = database;
        this.consumer = consumer;
        this.loader = loader;
        this.rejections = rejections;
        this.metrics = metrics;
        this.backoff = new Backoff(config.retryFirst(), config.retryAtMost());
        for (int i = 0; i < BATCHES; i++) {
            free.add(new Batch(plan));
        }
    }

    /** What the worker is doing. Thread-safe. */
    WorkerState state() {
        return trouble.isEmpty() ? loader.state() : new WorkerState.Waiting(trouble);
    }

    /** How many records of its partitions are not in the warehouse. Thread-safe. */
    long lag() {
        return lag;
    }

    @Override
    public void run() {
        MDC.put("pipeline", pipeline);
        try (consumer;
                rejections) {
            while (!loader.stopped() && !loader.awaitReady(Duration.ofMillis(100))) {
                // The partitions are left to replicas that reach the warehouse.
            }
            consumer.subscribe(Set.of(topic), this);
            while (!loader.stopped()) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One turn of the loop; whatever fails is tried again in a later one. */
    private void turn() {
        try {
            settle();
            if (loader.moved(epoch)) {
                leavePositions();
            }
            if (Instant.now().isAfter(tryAgainAt)) {
                takePositions();
                sendRejections();
            }
            commitToGroup();
            read();
            handOver();
        } catch (WakeupException stopping) {
            LOG.debugf("pipeline %s: woken", pipeline);
        } catch (OffsetOutOfRangeException e) {
            beginAgain(e);
        } catch (SQLException e) {
            fails("the warehouse fails: " + e.getMessage());
        } catch (KafkaException e) {
            fails("the broker fails: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(e, "pipeline %s: reading failed unexpectedly", pipeline);
            leavePositions();
            fails(e.toString());
        }
    }

    private void fails(String what) {
        if (!what.equals(trouble)) {
            LOG.warnf("pipeline %s: %s", pipeline, what);
        }
        trouble = what;
        tryAgainAt = Instant.now().plus(backoff.next());
    }

    private void works() {
        trouble = "";
        backoff.reset();
    }

    private void settle() {
        for (Settled settled = loader.settled(); settled != null; settled = loader.settled()) {
            Batch batch = settled.batch();
            underWay--;
            recordsUnderWay -= batch.records().size();
            if (settled.complete()) {
                metrics.loaded(pipeline, batch, settled.loaded(), settled.at(), settled.took());
            }
            if (settled.complete() && settled.epoch() == epoch) {
                batch.ranges()
                        .forEach((partition, range) -> groupOffsets.put(
                                new TopicPartition(topic, partition), new OffsetAndMetadata(range.next())));
            }
            rejectionsDue |= !settled.loaded().refusals().isEmpty();
            batch.clear();
            free.add(batch);
        }
    }

    /** Begins at the warehouse's offsets. */
    private void takePositions() throws SQLException {
        if (positioned) {
            return;
        }
        Set<TopicPartition> assigned = consumer.assignment();
        Map<Integer, Long> begin = new HashMap<>();
        consumer.beginningOffsets(assigned, PATIENCE)
                .forEach((partition, offset) -> begin.put(partition.partition(), offset));
        next.clear();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            next.putAll(Offsets.positions(connection, topic, begin));
        }
        next.forEach((partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
        takeBackGroup(assigned);
        positioned = true;
        rejectionsDue = true;
        works();
    }

    /**
     * The group's offsets are before the warehouse's, unless the warehouse is an older copy of itself. Then the records
     * between are loaded again, and what is refused of them now was not necessarily refused and sent then.
     */
    private void takeBackGroup(Set<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> ahead = new HashMap<>();
        consumer.committed(assigned, PATIENCE).forEach((partition, offset) -> {
            long position = next.get(partition.partition());
            if (offset != null && offset.offset() > position) {
                ahead.put(partition, new OffsetAndMetadata(position));
            }
        });
        if (!ahead.isEmpty()) {
            LOG.warnf(
                    "pipeline %s: the warehouse is behind what was loaded before; loading again from %s",
                    pipeline, next);
            consumer.commitSync(ahead, PATIENCE);
        }
    }

    private void leavePositions() {
        epoch++;
        loader.begin(epoch);
        positioned = false;
        groupOffsets.clear();
        if (filling != null) {
            filling.clear();
        }
    }

    private void sendRejections() throws SQLException {
        if (rejectionsDue && positioned) {
            rejections.send(consumer);
            rejectionsDue = false;
            works();
        }
    }

    private void commitToGroup() {
        Instant now = Instant.now();
        if (rejectionsDue || groupOffsets.isEmpty() || now.isBefore(groupCommittedAt.plus(GROUP_COMMITS))) {
            return;
        }
        groupCommittedAt = now;
        try {
            consumer.commitSync(groupOffsets, PATIENCE);
            groupOffsets.clear();
        } catch (KafkaException e) {
            LOG.debugf("pipeline %s: the group's offsets could not be committed: %s", pipeline, e.getMessage());
        }
    }

    private void read() {
        if (filling == null) {
            filling = free.poll();
            if (filling != null) {
                fillingSince = Instant.now();
            }
        }
        boolean reading = filling != null && positioned && !rejectionsDue;
        if (reading) {
            consumer.resume(consumer.paused());
        } else {
            consumer.pause(consumer.assignment());
        }
        boolean empty = filling == null || filling.records().isEmpty();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(reading ? waitFor(empty) : NAP)) {
            if (filling.records().isEmpty()) {
                fillingSince = Instant.now();
            }
            filling.add(record, next.get(record.partition()));
        }
        measureLag();
    }

    private Duration waitFor(boolean empty) {
        if (empty) {
            return underWay > 0 ? NAP : config.linger();
        }
        Duration rest = Duration.between(Instant.now(), fillingSince.plus(config.linger()));
        return rest.isNegative() ? Duration.ZERO : rest;
    }

    private void handOver() {
        if (filling == null || filling.records().isEmpty() || !isDue()) {
            return;
        }
        for (TopicPartition partition : consumer.assignment()) {
            filling.endAt(partition.partition(), consumer.position(partition, PATIENCE));
        }
        for (Map.Entry<Integer, OffsetRange> range : filling.ranges().entrySet()) {
            next.put(range.getKey(), range.getValue().next());
        }
        underWay++;
        recordsUnderWay += filling.records().size();
        loader.load(filling, epoch);
        filling = null;
    }

    /** A batch that others wait before may as well grow. */
    private boolean isDue() {
        boolean full = filling.records().size() >= config.batchRows()
                || filling.bytes() >= config.batchBytes().asLongValue();
        boolean old = !Instant.now().isBefore(fillingSince.plus(config.linger()));
        return full || old && underWay < 2;
    }

    private void measureLag() {
        long ahead = 0;
        for (TopicPartition partition : consumer.assignment()) {
            // A broker that has just started may not know yet how far it has come.
            ahead += Math.max(0, consumer.currentLag(partition).orElse(0));
        }
        int here = filling == null ? 0 : filling.records().size();
        lag = ahead + here + recordsUnderWay;
    }

    /** Records were deleted before they were loaded, or the topic was made anew. */
    private void beginAgain(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(e.partitions(), PATIENCE);
        begin.forEach((partition, offset) -> {
            LOG.errorf(
                    "pipeline %s: the topic does not hold offset %d of %s any more; loading goes on at %d. What was"
                            + " between, if it was not loaded, is lost: look at the topic's retention",
                    pipeline, e.offsetOutOfRangePartitions().get(partition), partition, offset);
            consumer.seek(partition, offset);
        });
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        leavePositions();
        // Something has to be there until the warehouse has been asked; nothing is read while paused.
        partitions.forEach(partition -> consumer.seek(partition, 0));
        consumer.pause(consumer.assignment());
        tryAgainAt = Instant.EPOCH;
        LOG.infof("pipeline %s: reads %s", pipeline, names(partitions));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        Instant until = Instant.now().plus(config.handover());
        settle();
        while (underWay > 0
                && !loader.ended()
                && loader.state() instanceof WorkerState.Loading
                && Instant.now().isBefore(until)) {
            LockSupport.parkNanos(POLL.toNanos());
            settle();
        }
        leavePositions();
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        leavePositions();
    }

    private static List<Integer> names(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).sorted().collect(Collectors.toList());
    }
}
