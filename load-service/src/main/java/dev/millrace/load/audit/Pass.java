package dev.millrace.load.audit;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows the events that were accepted before a time through the stages, one after the other: once a stage has committed
 * everything that its topic held, and everything that it wrote is read, its counts of those events are final. However long
 * a stage takes, nothing is called lost that only waits. Confined to the audit's thread.
 */
final class Pass {
    private enum Phase {
        BEGIN,
        READ_INPUT,
        AWAIT_STAGE,
        AWAIT_BETWEEN,
        READ_OUTPUT
    }

    private final Instant horizon;
    private final AuditedTopics topics;
    private final Broker broker;
    private final Iterator<StageAudit> stages;
    private StageAudit stage;
    private Phase phase = Phase.BEGIN;
    private Map<TopicPartition, Long> marks = Map.of();
    private Map<Integer, Long> expected = Map.of();
    private Iterator<String> between = Collections.emptyIterator();

    /** How far a stage is. */
    interface Progress {
        /** Whether the stage has done with everything before those offsets of its input. */
        boolean hasDone(StageAudit stage, Map<Integer, Long> offsets) throws SQLException;

        /** How far the stage has committed a topic between its steps. */
        Map<Integer, Long> committed(StageAudit stage, String topic);
    }

    Pass(Instant horizon, List<StageAudit> stages, AuditedTopics topics, Broker broker) {
        this.horizon = horizon;
        this.topics = topics;
        this.broker = broker;
        this.stages = stages.iterator();
        this.stage = this.stages.next();
    }

    /** The time before which the events it follows were accepted. */
    Instant horizon() {
        return horizon;
    }

    /** Goes as far as it can; true once every stage is through. */
    boolean isThrough(Progress progress) throws SQLException {
        while (stage != null) {
            if (!step(progress)) {
                return false;
            }
        }
        return true;
    }

    private boolean step(Progress progress) throws SQLException {
        switch (phase) {
            case BEGIN -> {
                marks = broker.ends(topics.partitionsOf(Set.of(stage.input())));
                phase = Phase.READ_INPUT;
            }
            case READ_INPUT -> {
                if (!topics.isPast(marks)) {
                    return false;
                }
                expected = topics.behindLastRecords(stage.input());
                phase = Phase.AWAIT_STAGE;
            }
            case AWAIT_STAGE -> {
                if (!progress.hasDone(stage, expected)) {
                    return false;
                }
                between = stage.between().iterator();
                next();
            }
            case AWAIT_BETWEEN -> {
                if (!isWorkedOff(progress)) {
                    return false;
                }
                next();
            }
            case READ_OUTPUT -> {
                if (!topics.isPast(marks)) {
                    return false;
                }
                stage = stages.hasNext() ? stages.next() : null;
                phase = Phase.BEGIN;
            }
        }
        return true;
    }

    /** To the next topic between the stage's steps, and behind the last to what it has written. */
    private void next() {
        while (between.hasNext()) {
            marks = broker.ends(broker.partitions(List.of(between.next())));
            if (!marks.isEmpty()) {
                phase = Phase.AWAIT_BETWEEN;
                return;
            }
        }
        // Not only what is committed: the mark of a transaction comes later than the group's offset.
        marks = broker.ends(topics.partitionsOf(stage.outputs()));
        phase = Phase.READ_OUTPUT;
    }

    private boolean isWorkedOff(Progress progress) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        for (TopicPartition partition : marks.keySet()) {
            Long offset = progress.committed(stage, partition.topic()).get(partition.partition());
            if (offset != null) {
                committed.put(partition, offset);
            }
        }
        return !topics.isRecordBetween(committed, marks);
    }
}
