package dev.millrace.transform.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads one topic no further than a {@link Gate} lets it, and others as ever. Confined to its stream thread, as every
 * consumer is.
 */
final class GatedConsumer extends KafkaConsumer<byte[], byte[]> {
    private final String topic;
    private final Gate gate;
    /** What the gate holds, and what Kafka Streams holds. */
    private final Set<TopicPartition> held = new HashSet<>();

    private final Set<TopicPartition> paused = new HashSet<>();

    GatedConsumer(Map<String, Object> config, String topic, Gate gate) {
        super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
        this.gate = gate;
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics, new Confirming(listener));
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        super.subscribe(pattern, new Confirming(listener));
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        paused.addAll(partitions);
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        paused.removeAll(partitions);
        super.resume(partitions.stream()
                .filter(partition -> !held.contains(partition))
                .toList());
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        Set<TopicPartition> assigned = assignment();
        held.retainAll(assigned);
        paused.retainAll(assigned);
        for (TopicPartition partition : assigned) {
            if (partition.topic().equals(topic)) {
                hold(partition);
            }
        }
        return upToLimit(super.poll(timeout));
    }

    private void hold(TopicPartition partition) {
        long limit = gate.limit(partition.partition());
        if (limit > 0 && (limit == Long.MAX_VALUE || position(partition) < limit)) {
            if (held.remove(partition) && !paused.contains(partition)) {
                super.resume(List.of(partition));
            }
        } else if (held.add(partition)) {
            super.pause(List.of(partition));
        }
    }

    /** What was fetched beyond the limit is fetched again when it is further. */
    private ConsumerRecords<byte[], byte[]> upToLimit(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = null;
        Map<TopicPartition, OffsetAndMetadata> next = null;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> end :
                records.nextOffsets().entrySet()) {
            TopicPartition partition = end.getKey();
            long limit = partition.topic().equals(topic) ? gate.limit(partition.partition()) : Long.MAX_VALUE;
            List<ConsumerRecord<byte[], byte[]>> all = records.records(partition);
            if (all.isEmpty() || all.get(all.size() - 1).offset() < limit) {
                continue;
            }
            if (kept == null) {
                kept = new HashMap<>();
                for (TopicPartition each : records.partitions()) {
                    kept.put(each, records.records(each));
                }
                next = new HashMap<>(records.nextOffsets());
            }
            List<ConsumerRecord<byte[], byte[]>> below =
                    all.stream().filter(record -> record.offset() < limit).toList();
            long from = below.isEmpty() ? all.get(0).offset() : limit;
            seek(partition, from);
            if (below.isEmpty()) {
                kept.remove(partition);
                next.remove(partition);
            } else {
                kept.put(partition, below);
                next.put(partition, new OffsetAndMetadata(from));
            }
        }
        return kept == null ? records : new ConsumerRecords<>(kept, next);
    }

    /** Looks what the durable record says when partitions are assigned, before the first of them is read. */
    private final class Confirming implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener listener;

        Confirming(ConsumerRebalanceListener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Also where none is of the topic: what is said goes by the record too.
            if (!partitions.isEmpty()) {
                gate.confirm();
            }
            listener.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.onPartitionsLost(partitions);
        }
    }
}
