package dev.millrace.load.audit;

import dev.millrace.load.ledger.Point;
import dev.millrace.load.ledger.Tally;
import dev.millrace.pipeline.Pipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a pipeline's topics from end to end and counts their records. Owned by the audit's thread. */
final class AuditedTopics implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Longer than a broker waits for records; behind what is not committed yet nothing can be seen. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Point> points;
    private final String rejected;
    private final String leftOut;
    private final boolean leavesOut;
    private final Map<TopicPartition, Reached> reached = new HashMap<>();
    private final Tally tally = new Tally();

    AuditedTopics(Pipeline pipeline, Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
        this.rejected = pipeline.topics().rejected();
        this.leftOut = pipeline.topics().leftOut();
        this.leavesOut = pipeline.transform().leavesOut();
        Map<String, Point> counted = new HashMap<>();
        counted.put(pipeline.topics().raw(), Point.RAW);
        counted.put(pipeline.topics().clean(), Point.CLEAN);
        if (pipeline.isScored()) {
            counted.put(pipeline.topics().scored(), Point.SCORED);
        }
        counted.put(pipeline.topics().leftOut(), Point.LEFT_OUT);
        this.points = Map.copyOf(counted);
    }

    /** The topics that are read. What steps leave out is there only where a declaration has or had such steps. */
    Set<String> names() {
        Set<String> names = new HashSet<>(points.keySet());
        names.add(rejected);
        if (!leavesOut && !consumer.listTopics(PATIENCE).containsKey(leftOut)) {
            names.remove(leftOut);
        }
        return names;
    }

    /** Their partitions, as the broker has them now. */
    Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        for (String name : names()) {
            consumer.partitionsFor(name, PATIENCE)
                    .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition())));
        }
        return partitions;
    }

    /** Where each partition's records that were accepted from that time on begin. */
    Map<TopicPartition, Reached> beginningAt(Instant time) {
        Set<TopicPartition> partitions = partitions();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, time.toEpochMilli()));
        Map<TopicPartition, Reached> begin = new HashMap<>();
        consumer.endOffsets(partitions, PATIENCE)
                .forEach((partition, end) -> begin.put(partition, new Reached(end, 0)));
        consumer.offsetsForTimes(times, PATIENCE).forEach((partition, found) -> {
            if (found != null) {
                begin.put(partition, new Reached(found.offset(), 0));
            }
        });
        return begin;
    }

    /** Goes on from there; partitions of which nothing is said are read from their beginning. */
    void goOnFrom(Map<TopicPartition, Reached> from) {
        tally.clear();
        reached.clear();
        Set<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        Map<TopicPartition, Long> beginning = consumer.beginningOffsets(partitions, PATIENCE);
        for (TopicPartition partition : partitions) {
            Reached begin = from.getOrDefault(partition, new Reached(0, 0));
            // What the broker has deleted is not read any more; if it was not loaded either, the balance shows it.
            long next = Math.max(begin.next(), beginning.get(partition));
            reached.put(partition, new Reached(next, begin.behindLastRecord()));
            consumer.seek(partition, next);
        }
    }

    /** Reads for that long. */
    void read(Duration time) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
            Point point = points.get(record.topic());
            if (point != null) {
                tally.add(point, record.timestamp());
            } else {
                RejectedStage.of(record.value())
                        .flatMap(Point::rejectedBy)
                        .ifPresent(by -> tally.add(by, record.timestamp()));
            }
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            reached.put(partition, new Reached(record.offset() + 1, record.offset() + 1));
        }
        for (TopicPartition partition : consumer.assignment()) {
            long next = consumer.position(partition, PATIENCE);
            reached.computeIfPresent(partition, (key, last) -> new Reached(next, last.behindLastRecord()));
        }
    }

    /**
     * Whether there is a record before those offsets that nobody who stands at the others has read. Behind the last
     * record stand the marks of transactions, which no stage waits for; so it is looked, and not only counted.
     */
    boolean isRecordBetween(Map<TopicPartition, Long> from, Map<TopicPartition, Long> before) {
        Map<TopicPartition, Long> unread = new HashMap<>(before);
        unread.entrySet().removeIf(end -> from.getOrDefault(end.getKey(), 0L) >= end.getValue());
        if (unread.isEmpty()) {
            return false;
        }
        consumer.assign(unread.keySet());
        try {
            consumer.seekToBeginning(unread.keySet());
            unread.keySet().stream()
                    .filter(from::containsKey)
                    .forEach(partition -> consumer.seek(
                            partition, Math.max(from.get(partition), consumer.position(partition, PATIENCE))));
            Instant until = Instant.now().plus(LOOK);
            while (Instant.now().isBefore(until)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < unread.get(partition)) {
                        return true;
                    }
                }
                unread.entrySet().removeIf(end -> consumer.position(end.getKey(), PATIENCE) >= end.getValue());
                if (unread.isEmpty()) {
                    return false;
                }
            }
            return true;
        } finally {
            goBack();
        }
    }

    /** To where the audited topics are read to. */
    private void goBack() {
        consumer.assign(reached.keySet());
        reached.forEach((partition, at) -> consumer.seek(partition, at.next()));
    }

    /** What was counted since it was last cleared. */
    Tally tally() {
        return tally;
    }

    /** How far each partition is read. */
    Map<TopicPartition, Reached> reached() {
        return Map.copyOf(reached);
    }

    /** Whether everything before those offsets is read. */
    boolean isPast(Map<TopicPartition, Long> marks) {
        return marks.entrySet().stream()
                .allMatch(mark ->
                        reached.getOrDefault(mark.getKey(), new Reached(0, 0)).next() >= mark.getValue());
    }

    /** The offsets behind the last records that were read of a topic, by partition; without those that have none. */
    Map<Integer, Long> behindLastRecords(String topic) {
        Map<Integer, Long> ends = new TreeMap<>();
        reached.forEach((partition, at) -> {
            if (partition.topic().equals(topic) && at.behindLastRecord() > 0) {
                ends.put(partition.partition(), at.behindLastRecord());
            }
        });
        return ends;
    }

    /** The partitions of those topics. */
    List<TopicPartition> partitionsOf(Set<String> topics) {
        return reached.keySet().stream()
                .filter(partition -> topics.contains(partition.topic()))
                .toList();
    }

    /** Ends what waits in {@link #read}, from another thread. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
