package dev.millrace.transform.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Whether all events that a version has read are through all of its steps: none stands in a topic between two steps, and
 * none waits before a step for its turn. Both are on the broker, and a transaction commits both, so that it does not
 * matter who asks. Thread-safe.
 */
final class Drain {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Of what waits, the first byte of its key, see Aligner. */
    private static final byte HELD = 1;

    private final Map<String, Object> kafka;
    private final Offsets offsets;

    Drain(Map<String, Object> kafka, Offsets offsets) {
        this.kafka = kafka;
        this.offsets = offsets;
    }

    /**
     * Whether that is so; of a version that reads no more of raw, it stays so.
     *
     * @param raw the topic that it reads
     * @param upTo of each partition, the offset up to which it reads
     */
    boolean isOver(InnerTopics topics, String raw, Map<Integer, Long> upTo) {
        Set<String> there = offsets.topics();
        if (!isWorkedOff(topics.application(), raw, upTo)) {
            return false;
        }
        // In the order of the flow: what is behind a step is only final once nothing is before it.
        for (String step : topics.steps()) {
            if (there.contains(topics.to(step)) && !isWorkedOff(topics.application(), topics.to(step), Map.of())) {
                return false;
            }
            if (there.contains(topics.waitingFor(step)) && isAnythingHeld(topics.waitingFor(step))) {
                return false;
            }
        }
        return true;
    }

    private boolean isWorkedOff(String group, String topic, Map<Integer, Long> upTo) {
        Map<Integer, Long> committed = offsets.committed(group, topic);
        boolean there =
                upTo.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
        if (there && !upTo.isEmpty()) {
            return true;
        }
        // The offset alone does not tell: the end of a transaction takes one too, and is not always committed.
        boolean[] unread = {false};
        read(
                topic,
                committed,
                record -> unread[0] |= record.offset() < upTo.getOrDefault(record.partition(), Long.MAX_VALUE));
        return !unread[0];
    }

    private boolean isAnythingHeld(String changelog) {
        Set<ByteBuffer> held = new HashSet<>();
        read(changelog, Map.of(), record -> {
            if (record.key() != null && record.key().length > 0 && record.key()[0] == HELD) {
                ByteBuffer key = ByteBuffer.wrap(record.key());
                if (record.value() == null) {
                    held.remove(key);
                } else {
                    held.add(key);
                }
            }
        });
        return !held.isEmpty();
    }

    /** All that stands behind those offsets by now, also of a transaction that is just being ended. */
    private void read(String topic, Map<Integer, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.remove("group.id");
        settings.put("client.id", "millrace-transform-drain");
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = ends(partitions);
            for (TopicPartition partition : partitions) {
                Long offset = from.get(partition.partition());
                if (offset == null) {
                    consumer.seekToBeginning(List.of(partition));
                } else {
                    consumer.seek(partition, offset);
                }
            }
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(each);
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            topic + " can not be read to its end within " + PATIENCE.toSeconds() + " s");
                }
            }
        }
    }

    /** The ends with what is not committed yet. */
    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.remove("group.id");
        settings.put("client.id", "millrace-transform-drain");
        settings.put("isolation.level", "read_uncommitted");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(partitions, PATIENCE);
        }
    }
}
