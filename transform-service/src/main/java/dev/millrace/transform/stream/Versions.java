package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.topic.Topics;
import dev.millrace.service.state.StateBook;
import dev.millrace.service.state.StateRecord;
import dev.millrace.service.state.StateRecord.Phase;
import dev.millrace.service.state.StateRecord.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The versions of one pipeline's state that run here: one, and while a new one is built, that beside it. They are what the
 * durable record says, and any replica takes the change on to its next phase where what it waits for has come about. So a
 * process may end at any moment: whoever goes on does what the record says. Thread-safe.
 */
final class Versions {
    private static final Logger LOG = Logger.getLogger(Versions.class);
    /** So many events behind the running version, the next one has caught up: it takes them in about a second. */
    private static final long NEAR = 10_000;

    private final String pipeline;
    private final Topics topics;
    private final StateBook book;
    private final Offsets offsets;
    private final Drain drain;
    private final BiFunction<Pipeline, Gate, PipelineStream> make;
    private final Duration stopTimeout;
    private final Duration orderWait;
    private final Map<String, PipelineStream> streams = new ConcurrentHashMap<>();
    /** How far the running version has come: the next one reads no further. */
    private volatile Map<Integer, Long> behind = Map.of();

    /** When it was first seen that nobody runs the version that is being stopped. */
    private Instant empty;

    private boolean stopped;

    /**
     * The versions of the pipeline of that name; none runs yet.
     *
     * @param make makes a stream that has not started
     */
    Versions(
            String pipeline,
            StateBook book,
            Offsets offsets,
            Drain drain,
            BiFunction<Pipeline, Gate, PipelineStream> make,
            Duration stopTimeout,
            Duration orderWait) {
        this.pipeline = pipeline;
        this.topics = new Topics(pipeline);
        this.book = book;
        this.offsets = offsets;
        this.drain = drain;
        this.make = make;
        this.stopTimeout = stopTimeout;
        this.orderWait = orderWait;
    }

    /** Runs what the record says. */
    synchronized void follow() {
        if (!stopped) {
            book.read(pipeline).ifPresent(this::run);
        }
    }

    /** Runs what the record says by now, and takes a change on. */
    synchronized void look() {
        StateRecord record = book.latest().get(pipeline);
        if (stopped || record == null) {
            return;
        }
        run(record);
        advance(record);
    }

    synchronized void stop() {
        stopped = true;
        List.copyOf(streams.keySet()).forEach(this::stop);
    }

    /** The streams, the one that answers first. */
    List<PipelineStream> streams() {
        List<PipelineStream> all = new ArrayList<>(streams.values());
        all.sort((one, other) ->
                Boolean.compare(other.gate().speaks(), one.gate().speaks()));
        return all;
    }

    private void run(StateRecord record) {
        Map<String, Version> wanted = new HashMap<>();
        if (record.phase() != Phase.STOPPING) {
            wanted.put(record.running().name(), record.running());
        }
        record.next().ifPresent(next -> wanted.put(next.name(), next));
        for (String name : List.copyOf(streams.keySet())) {
            Version version = wanted.get(name);
            if (version == null || !version.is(streams.get(name).pipeline().declaration())) {
                PipelineStream gone = stop(name);
                if (record.retired().contains(name)) {
                    gone.forget();
                }
            }
        }
        wanted.forEach((name, version) -> {
            if (!streams.containsKey(name)) {
                Gate gate = new Gate(() -> Passage.of(book.read(pipeline), name, behind));
                PipelineStream stream = make.apply(version.pipeline(), gate);
                streams.put(name, stream);
                stream.start();
            }
            streams.get(name).gate().set(Passage.of(Optional.of(record), name, behind));
        });
    }

    private PipelineStream stop(String name) {
        PipelineStream gone = streams.remove(name);
        gone.stop(stopTimeout);
        return gone;
    }

    private void advance(StateRecord record) {
        if (record.phase() != Phase.STOPPING) {
            empty = null;
        }
        switch (record.phase()) {
            case RUNNING -> record.leaving().ifPresent(this::clear);
            case CATCHING_UP -> catchUp(record);
            case STOPPING -> cut(record);
            case DRAINING -> finish(record);
        }
    }

    private void catchUp(StateRecord record) {
        Map<Integer, Long> old = committed(record.running());
        Map<Integer, Long> next = committed(record.next().orElseThrow());
        Map<Integer, Long> now = new HashMap<>(behind);
        old.forEach((partition, offset) -> now.merge(partition, offset, Math::max));
        behind = now;
        long lag = old.entrySet().stream()
                .mapToLong(entry -> Math.max(0, entry.getValue() - next.getOrDefault(entry.getKey(), 0L)))
                .sum();
        if (lag <= NEAR) {
            LOG.infof(
                    "pipeline %s: state version '%s' has caught up; '%s' is stopped",
                    pipeline,
                    record.next().orElseThrow().name(),
                    record.running().name());
            advanced(record, StateRecord::stopping);
        }
    }

    private void cut(StateRecord record) {
        if (!offsets.isEmpty(topics.transform(record.running().name()))) {
            empty = null;
            return;
        }
        Instant now = Instant.now();
        if (empty == null) {
            empty = now;
        }
        if (now.isBefore(empty.plus(orderWait))) {
            return;
        }
        // All that was accepted before the stop is there by now. Cut at a time and not where each partition's reader
        // was,
        // the old version still sees all that was accepted before the last event that it answers.
        int partitions = record.next().orElseThrow().layout().partitions();
        Map<Integer, Long> cutover = offsets.from(topics.raw(), partitions, empty);
        committed(record.running()).forEach((partition, offset) -> cutover.merge(partition, offset, Math::max));
        LOG.infof(
                "pipeline %s: state version '%s' answers up to %s",
                pipeline, record.running().name(), cutover);
        advanced(record, seen -> seen.draining(cutover));
    }

    private void finish(StateRecord record) {
        Map<Integer, Long> upTo = record.next().orElseThrow().cutover();
        if (drain.isOver(InnerTopics.of(record.running().pipeline()), topics.raw(), upTo)) {
            LOG.infof(
                    "pipeline %s: state version '%s' answers",
                    pipeline, record.next().orElseThrow().name());
            advanced(record, StateRecord::switched);
        }
    }

    private void clear(Version leaving) {
        Pipeline gone = leaving.pipeline();
        String application = StreamsProperties.application(gone);
        if (offsets.isEmpty(application)) {
            offsets.delete(application, InnerTopics.of(gone).all());
            book.change(
                    pipeline, now -> now != null && now.leaving().equals(Optional.of(leaving)) ? now.cleared() : now);
            LOG.infof("pipeline %s: the state of version '%s' is deleted", pipeline, leaving.name());
        }
    }

    /** Only from the record that was looked at: another replica may have been faster. */
    private void advanced(StateRecord from, Function<StateRecord, StateRecord> step) {
        book.change(pipeline, now -> from.equals(now) ? step.apply(now) : now).ifPresent(this::run);
    }

    private Map<Integer, Long> committed(Version version) {
        return offsets.committed(topics.transform(version.name()), topics.raw());
    }
}
