package dev.millrace.transform.stream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** How far the group of a version has come on the broker, and who is in it. Thread-safe. */
final class Offsets {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Admin admin;

    Offsets(Admin admin) {
        this.admin = admin;
    }

    /** What the group has committed of that topic, by partition; nothing of a partition that it never read. */
    Map<Integer, Long> committed(String group, String topic) {
        Map<TopicPartition, OffsetAndMetadata> all =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<Integer, Long> committed = new HashMap<>();
        all.forEach((partition, offset) -> {
            if (partition.topic().equals(topic) && offset != null) {
                committed.put(partition.partition(), offset.offset());
            }
        });
        return committed;
    }

    /**
     * Where the records begin, by partition, that were accepted at that time or later, or came after such a one; the end
     * where there is none.
     */
    Map<Integer, Long> from(String topic, int partitions, Instant acceptedAt) {
        // The end first: what comes in between is later.
        Map<Integer, Long> ends = offsets(topic, partitions, OffsetSpec.latest());
        Map<Integer, Long> found = offsets(topic, partitions, OffsetSpec.forTimestamp(acceptedAt.toEpochMilli()));
        ends.replaceAll((partition, end) -> found.get(partition) < 0 ? end : found.get(partition));
        return ends;
    }

    private Map<Integer, Long> offsets(String topic, int partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            asked.put(new TopicPartition(topic, partition), spec);
        }
        Map<Integer, Long> offsets = new HashMap<>();
        get(admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets;
    }

    /** Whether nobody is in the group, so that what it has committed stays as it is until somebody joins. */
    boolean isEmpty(String group) {
        return get(admin.listGroups(new ListGroupsOptions()).all()).stream()
                .filter(listed -> listed.groupId().equals(group))
                .map(GroupListing::groupState)
                .allMatch(state -> state.filter(known -> known == GroupState.EMPTY || known == GroupState.DEAD)
                        .isPresent());
    }

    /** The topics that exist. */
    Set<String> topics() {
        return get(admin.listTopics().names());
    }

    /** Deletes the group and those of the topics that exist. */
    void delete(String group, Stream<String> topics) {
        Set<String> there = topics();
        List<String> gone = topics.filter(there::contains).collect(Collectors.toList());
        if (!gone.isEmpty()) {
            unless(
                    UnknownTopicOrPartitionException.class,
                    admin.deleteTopics(gone).all());
        }
        unless(
                GroupIdNotFoundException.class,
                admin.deleteConsumerGroups(List.of(group)).all());
    }

    private static void unless(Class<? extends Exception> goneAlready, KafkaFuture<Void> deleted) {
        try {
            get(deleted);
        } catch (IllegalStateException e) {
            if (!goneAlready.isInstance(e.getCause())) {
                throw e;
            }
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the broker refused: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the broker did not answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the broker", e);
        }
    }
}
