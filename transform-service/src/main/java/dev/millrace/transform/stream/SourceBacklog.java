package dev.millrace.transform.stream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.transform.topology.SourceProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * Asks the broker again and again whether all that stands in a pipeline's source topics is transformed and committed. What
 * was accepted may still be on its way to the broker; so a partition counts as silent only when it has been for a while,
 * during which the broker has answered. A thread of its own; thread-safe.
 */
final class SourceBacklog implements SourceProgress, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SourceBacklog.class);
    private static final Duration BETWEEN = Duration.ofMillis(100);
    /** Where nothing has come for {@link #IDLE_MILLIS}; less than {@link Silence#GAP_MILLIS}. */
    private static final Duration BETWEEN_WHEN_IDLE = Duration.ofMillis(500);

    private static final long IDLE_MILLIS = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Admin admin;
    private final String group;
    private final Map<TopicPartition, Duration> waits;
    private final ToLongFunction<TopicPartition> last;
    private final Map<TopicPartition, Silence> silences = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Thread thread;
    private volatile long changed;
    private volatile boolean over;

    /**
     * A backlog that is looked at until it is closed.
     *
     * @param group the consumer group that works it off
     * @param waits the topics, and for each how long an accepted record may be on its way to the broker
     * @param last of a partition, the offset behind which nothing is to come
     */
    SourceBacklog(
            Admin admin,
            String group,
            Map<String, Duration> waits,
            int partitions,
            ToLongFunction<TopicPartition> last) {
        this.last = last;
        this.admin = admin;
        this.group = group;
        this.waits = new HashMap<>();
        waits.forEach((topic, wait) -> {
            for (int partition = 0; partition < partitions; partition++) {
                this.waits.put(new TopicPartition(topic, partition), wait);
            }
        });
        this.thread = new Thread(this::look, "backlog-" + group);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public long of(String topic, int partition) {
        TopicPartition key = new TopicPartition(topic, partition);
        Silence silence = silences.get(key);
        long wait = waits.get(key).toMillis();
        // Once all that came is behind it, there is nothing more to say.
        return silence == null ? UNKNOWN : Math.min(silence.progress(wait), changed + 2 * wait + Silence.GAP_MILLIS);
    }

    private void look() {
        while (!over) {
            try {
                see(System.currentTimeMillis());
            } catch (ExecutionException | TimeoutException e) {
                silences.clear();
                if (!(e.getCause() instanceof RetriableException) && !over) {
                    LOG.debugf("%s: how far its sources are read is unknown: %s", group, e);
                }
            } catch (InterruptedException e) {
                return;
            }
            boolean idle = System.currentTimeMillis() - changed > IDLE_MILLIS;
            LockSupport.parkNanos((idle ? BETWEEN_WHEN_IDLE : BETWEEN).toNanos());
        }
    }

    private void see(long now) throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> latest = offsets(waits.keySet(), OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(PATIENCE.toMillis(), MILLISECONDS);
        Collection<TopicPartition> neverRead = latest.keySet().stream()
                .filter(partition -> committed.get(partition) == null)
                .toList();
        Map<TopicPartition, Long> begins = offsets(neverRead, OffsetSpec.earliest());
        // What stands there may have been accepted while the broker was asked.
        long answered = System.currentTimeMillis();
        latest.forEach((partition, stands) -> {
            Long end = Math.min(stands, last.applyAsLong(partition));
            if (!end.equals(ends.put(partition, end))) {
                changed = answered;
            }
            OffsetAndMetadata read = committed.get(partition);
            boolean workedOff = (read == null ? begins.get(partition) : read.offset()) >= end;
            silences.compute(partition, (key, before) -> {
                if (!workedOff) {
                    return null;
                }
                return before == null ? Silence.first(end, now) : before.seen(end, now);
            });
        });
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> spec)),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(PATIENCE.toMillis(), MILLISECONDS);
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
    }
}
