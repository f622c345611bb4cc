package dev.millrace.model.feature;

import dev.millrace.model.feature.RedisChunks.Partition;
import dev.millrace.model.feature.RedisChunks.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * One connection to Kafka, until something fails: what comes in those changelogs' partitions that are this replica's is
 * written into Redis, and once Redis has all that was there at first, the windows can be asked for. Confined to the thread
 * that follows.
 */
final class RedisReading implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RedisReading.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(10);
    private static final long BETWEEN_CHECKS_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WRITTEN_AT_ONCE = 500;

    private final String pipeline;
    private final RedisChunks chunks;
    private final Consumer<Map<String, List<Partition>>> whole;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final Map<String, List<Partition>> bySteps = new HashMap<>();
    /** What was there when this began, or began again with a partition: before it, Redis does not have all of it. */
    private final Map<TopicPartition, Long> ends;
    /** Of the partitions that are this replica's: up to where Redis has them. */
    private final Map<TopicPartition, OptionalLong> written = new HashMap<>();

    private final long began = System.nanoTime();
    private boolean told;
    private long checked = began - BETWEEN_CHECKS_NANOS;

    /**
     * Begins to read.
     *
     * @param topics the changelogs, by their steps
     * @param settings the consumer's
     * @param whole told the partitions, by steps, once Redis has what was there at first
     */
    RedisReading(
            String pipeline,
            Map<String, TopicDescription> topics,
            RedisChunks chunks,
            Map<String, Object> settings,
            Consumer<Map<String, List<Partition>>> whole) {
        this.pipeline = pipeline;
        this.chunks = chunks;
        this.whole = whole;
        topics.forEach((step, topic) -> {
            List<Partition> inOrder = new ArrayList<>();
            for (int number = 0; number < topic.partitions().size(); number++) {
                Partition partition = new Partition(topic.topicId().toString(), number);
                inOrder.add(partition);
                partitions.put(new TopicPartition(topic.name(), number), partition);
            }
            bySteps.put(step, List.copyOf(inOrder));
        });
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        ends = new HashMap<>(consumer.endOffsets(partitions.keySet()));
        consumer.subscribe(topics.values().stream().map(TopicDescription::name).toList(), this);
    }

    void goOn() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (TopicPartition partition : List.copyOf(written.keySet())) {
                write(partition, records.records(partition));
            }
        } catch (OffsetOutOfRangeException e) {
            // Kafka has less than Redis: what is there is of no changelog any more.
            e.offsetOutOfRangePartitions().keySet().forEach(this::beginAgain);
        }
        if (System.nanoTime() - checked >= BETWEEN_CHECKS_NANOS) {
            checked = System.nanoTime();
            check();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        List<Partition> wanted = assigned.stream().map(partitions::get).toList();
        Map<Partition, Position> positions = chunks.positions(wanted);
        assigned.forEach(partition ->
                goOnAt(partition, positions.get(partitions.get(partition)).offset()));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        // What was read of them is written.
        revoked.forEach(written::remove);
    }

    private void goOnAt(TopicPartition partition, OptionalLong offset) {
        written.put(partition, offset);
        if (offset.isPresent()) {
            consumer.seek(partition, offset.getAsLong());
        } else {
            consumer.seekToBeginning(List.of(partition));
        }
        // Redis may have been emptied long after this began: what was written in between is to be there, too.
        ends.putAll(consumer.endOffsets(List.of(partition)));
    }

    private void beginAgain(TopicPartition partition) {
        LOG.warnf("pipeline %s: %s is shorter than what Redis has of it; it is read again", pipeline, partition);
        chunks.forget(partitions.get(partition));
        goOnAt(partition, OptionalLong.empty());
    }

    private void write(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        for (int from = 0; from < records.size(); from += WRITTEN_AT_ONCE) {
            int to = Math.min(records.size(), from + WRITTEN_AT_ONCE);
            if (!write(partition, records.subList(from, to), records.get(to - 1).offset() + 1)) {
                return;
            }
        }
        // Where a transaction ended is no record.
        long next = consumer.position(partition);
        OptionalLong before = written.get(partition);
        if (before.isEmpty() || before.getAsLong() != next) {
            write(partition, List.of(), next);
        }
    }

    private boolean write(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long next) {
        boolean filled = next >= ends.get(partition);
        OptionalLong now = chunks.write(partitions.get(partition), written.get(partition), next, filled, records);
        if (now.isPresent() && now.getAsLong() == next) {
            written.put(partition, now);
            return true;
        }
        goOnAt(partition, now);
        return false;
    }

    /** Whether Redis has what this replica has written, and all that was there when this began. */
    private void check() {
        Map<Partition, Position> positions = chunks.positions(List.copyOf(partitions.values()));
        written.forEach((partition, offset) -> {
            Position position = positions.get(partitions.get(partition));
            if (offset.isPresent() && !position.isAt(offset.getAsLong())) {
                goOnAt(partition, position.offset());
            }
        });
        boolean all = partitions.entrySet().stream().allMatch(partition -> {
            Position position = positions.get(partition.getValue());
            return position.filled() && position.offset().orElse(-1) >= ends.get(partition.getKey());
        });
        if (all && !told) {
            told = true;
            whole.accept(bySteps);
            LOG.infof(
                    "pipeline %s: Redis has the state of its windows, after %d ms",
                    pipeline, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSES_WITHIN));
    }
}
