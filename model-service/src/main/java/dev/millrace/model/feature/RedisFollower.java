package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.feature.RedisChunks.Found;
import dev.millrace.model.feature.RedisChunks.Partition;
import dev.millrace.model.feature.RedisChunks.Position;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What the windows of one version of a pipeline's state hold, in a Redis that all replicas share. Each reads some of the
 * changelogs' partitions, as a group shares them out, and writes them there; all ask for all of them. A thread of its own
 * reads, and begins again where that fails; asking is thread-safe.
 */
final class RedisFollower implements WindowCopy {
    private static final Logger LOG = Logger.getLogger(RedisFollower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(10);
    private static final long BETWEEN_TRIES_MILLIS = 1_000;
    private static final long BETWEEN_CHECKS_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WRITTEN_AT_ONCE = 500;
    private static final String BEING_READ = "the state of its windows is being read";

    private final String pipeline;
    private final String application;
    private final Changelogs changelogs;
    private final RedisServer server;
    private final RedisChunks chunks;
    private final Map<String, Object> kafka;
    private final Admin admin;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    /** By steps; of each one its partitions in order, none where nothing was ever counted. */
    private volatile Map<String, List<Partition>> windows;

    private volatile String problem = BEING_READ;

    /** That version's windows; a thread begins to read them. */
    RedisFollower(Pipeline pipeline, RedisServer server, Map<String, Object> kafka, Admin admin) {
        this.pipeline = pipeline.name();
        this.application = WindowCopy.application(pipeline.name(), pipeline.stateVersion());
        this.changelogs = new Changelogs(pipeline);
        this.server = server;
        this.chunks = new RedisChunks(server.client(), application);
        this.kafka = kafka;
        this.admin = admin;
        this.thread = new Thread(this::run, application);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    @Override
    public Optional<String> problem() {
        return windows == null ? Optional.of(problem) : Optional.empty();
    }

    @Override
    public Held held(WindowStep step, String key) {
        Map<String, List<Partition>> all = windows;
        List<Partition> partitions = all == null ? null : all.get(step.name());
        if (partitions == null) {
            throw new StateAwayException(problem);
        }
        KeyState state = new KeyState(step.plan());
        if (partitions.isEmpty()) {
            return new Held(state, Optional.empty());
        }
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), partitions.size());
        try {
            Found found = chunks.find(partitions.get(partition), key);
            if (!found.filled()) {
                // Somebody has emptied Redis: what is there would look like a new key.
                throw new StateAwayException(BEING_READ + " again");
            }
            found.chunks().forEach(state::load);
            return new Held(state, found.newest());
        } catch (JedisException e) {
            throw new StateAwayException(server.says(e));
        }
    }

    private void run() {
        while (closing.getCount() > 0) {
            try {
                server.requireThatItKeeps();
                Map<String, TopicDescription> topics = changelogs.describe(admin);
                if (topics.isEmpty()) {
                    windows = nothing();
                } else {
                    follow(topics);
                }
            } catch (JedisException e) {
                tell(server.says(e));
            } catch (InterruptedException | InterruptException e) {
                return;
            } catch (RuntimeException e) {
                tell("the state of its windows can not be read: " + e.getMessage());
            }
            rest();
        }
    }

    private Map<String, List<Partition>> nothing() {
        Map<String, List<Partition>> empty = new HashMap<>();
        changelogs.steps().forEach(step -> empty.put(step, List.of()));
        return empty;
    }

    private void follow(Map<String, TopicDescription> topics) {
        try (Reading reading = new Reading(topics)) {
            while (closing.getCount() > 0) {
                reading.goOn();
            }
        }
    }

    /** One connection to Kafka, until something fails. Confined to the thread that follows. */
    private final class Reading implements ConsumerRebalanceListener, AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Map<TopicPartition, Partition> partitions = new HashMap<>();
        private final Map<String, List<Partition>> bySteps = new HashMap<>();
        /** What was there when this began, or began again with a partition: before it, Redis does not have all of it. */
        private final Map<TopicPartition, Long> ends;
        /** Of the partitions that are this replica's: up to where Redis has them. */
        private final Map<TopicPartition, OptionalLong> written = new HashMap<>();

        private final long began = System.nanoTime();
        private long checked = began - BETWEEN_CHECKS_NANOS;

        Reading(Map<String, TopicDescription> topics) {
            topics.forEach((step, topic) -> {
                List<Partition> inOrder = new ArrayList<>();
                for (int number = 0; number < topic.partitions().size(); number++) {
                    Partition partition = new Partition(topic.topicId().toString(), number);
                    inOrder.add(partition);
                    partitions.put(new TopicPartition(topic.name(), number), partition);
                }
                bySteps.put(step, List.copyOf(inOrder));
            });
            consumer = new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            ends = new HashMap<>(consumer.endOffsets(partitions.keySet()));
            consumer.subscribe(
                    topics.values().stream().map(TopicDescription::name).toList(), this);
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
                if (!write(
                        partition,
                        records.subList(from, to),
                        records.get(to - 1).offset() + 1)) {
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
            if (all && !bySteps.equals(windows)) {
                windows = bySteps;
                LOG.infof(
                        "pipeline %s: Redis has the state of its windows, after %d ms",
                        pipeline, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            }
        }

        @Override
        public void close() {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSES_WITHIN));
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, application);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, application);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return settings;
    }

    private void tell(String why) {
        if (!why.equals(problem) && closing.getCount() > 0) {
            LOG.warnf("pipeline %s: %s", pipeline, why);
        }
        problem = why;
    }

    private void rest() {
        try {
            closing.await(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void forget() {
        try {
            chunks.forget();
        } catch (JedisException e) {
            LOG.warnf("pipeline %s: what Redis has of %s is left: %s", pipeline, application, server.says(e));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            // A poll ends by itself; one that is interrupted would leave the group without saying so.
            thread.join(CLOSES_WITHIN.toMillis());
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
