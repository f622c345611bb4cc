package dev.millrace.load.audit;

import dev.millrace.load.audit.AuditBook.Audit;
import dev.millrace.load.ledger.Ledger;
import dev.millrace.load.ledger.Point;
import dev.millrace.load.ledger.Tally;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.topic.Stage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * The audit of one pipeline, on a thread of its own. It counts the records of every topic by the time of their acceptance
 * and writes the counts and its offsets down in one transaction, so that no crash makes it count anything twice or not at
 * all. Of several replicas the one that holds the lease does it; another's transaction is refused.
 */
final class PipelineAudit implements Runnable {
    private static final Logger LOG = Logger.getLogger(PipelineAudit.class);
    /** Loading has not made our tables yet. */
    private static final String UNDEFINED_TABLE = "42P01";

    private final String pipeline;
    private final AuditConfig config;
    private final DataSource database;
    private final AuditedTopics topics;
    private final Broker broker;
    private final AuditBook book;
    private final AuditMetrics metrics;
    private final List<StageAudit> stages;
    private final CountDownLatch stop = new CountDownLatch(1);

    private boolean reading;
    private Pass pass;
    private Finding finding;
    private Map<TopicPartition, Reached> written = Map.of();
    private Map<Integer, Long> loaded = Map.of();
    private String trouble = "";

    PipelineAudit(
            Pipeline pipeline,
            AuditConfig config,
            DataSource database,
            AuditedTopics topics,
            Broker broker,
            AuditBook book,
            AuditMetrics metrics) {
        this.pipeline = pipeline.name();
        this.config = config;
        this.database = database;
        this.topics = topics;
        this.broker = broker;
        this.book = book;
        this.metrics = metrics;
        this.stages = StageAudit.of(pipeline);
    }

    /** Ends the thread soon. Thread-safe. */
    void stop() {
        stop.countDown();
        topics.wakeup();
    }

    @Override
    public void run() {
        try (topics) {
            while (stop.getCount() > 0) {
                turn();
            }
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.hide(pipeline);
        }
    }

    private void turn() throws InterruptedException {
        try {
            if (!reading) {
                stop.await(config.every().toMillis(), TimeUnit.MILLISECONDS);
                reading = stop.getCount() > 0 && begin();
            }
            if (reading) {
                read();
                reading = writeDown();
            }
            trouble = "";
            if (!reading) {
                metrics.hide(pipeline);
            }
        } catch (WakeupException e) {
            LOG.debugf("pipeline %s: the audit was woken", pipeline);
        } catch (SQLException | KafkaException e) {
            fails(e);
        } catch (RuntimeException e) {
            LOG.errorf(e, "pipeline %s: the audit failed unexpectedly", pipeline);
            fails(e);
        }
    }

    /**
     * What was counted and not written down is counted again, from where the warehouse says. What was found last is shown
     * on, with what waits now: that is looked at when something fails.
     */
    private void fails(Exception failure) {
        reading = false;
        showWaiting();
        String message =
                String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("");
        boolean first = failure instanceof SQLException sql && UNDEFINED_TABLE.equals(sql.getSQLState());
        if (!message.equals(trouble) && !first) {
            LOG.warnf("pipeline %s: the audit waits: %s", pipeline, message);
        }
        trouble = message;
    }

    private void showWaiting() {
        if (finding == null || written.isEmpty()) {
            return;
        }
        try {
            finding = finding.withWaiting(waiting());
            metrics.show(pipeline, stages, finding);
        } catch (KafkaException brokerIsAway) {
            LOG.debugf("pipeline %s: what waits can not be told: %s", pipeline, brokerIsAway.getMessage());
        }
    }

    /** Takes up the audit; false while another replica does it. */
    private boolean begin() throws SQLException {
        try (Connection connection = connect()) {
            Optional<Audit> audit = book.hold(connection);
            if (audit.isEmpty()) {
                connection.rollback();
                return false;
            }
            Map<TopicPartition, Reached> from = book.reached(connection, topics.names());
            if (from.isEmpty()) {
                from = topics.beginningAt(audit.get().since());
                LOG.infof(
                        "pipeline %s: audits events accepted from %s on",
                        pipeline, audit.get().since());
            }
            book.reached(connection, from);
            finding = judge(connection, audit.get(), audit.get().until());
            connection.commit();
            topics.goOnFrom(from);
            written = from;
            pass = null;
            return true;
        }
    }

    private void read() {
        Instant until = Instant.now().plus(config.every());
        do {
            topics.read(Duration.ofMillis(200));
        } while (Instant.now().isBefore(until) && stop.getCount() > 0);
    }

    /** One transaction: what was counted, how far the topics are read, and what follows from it. */
    private boolean writeDown() throws SQLException {
        try (Connection connection = connect()) {
            Optional<Audit> audit = book.hold(connection);
            if (audit.isEmpty()) {
                connection.rollback();
                LOG.infof("pipeline %s: another replica has taken over the audit", pipeline);
                return false;
            }
            loaded = AuditBook.loaded(connection, stages.get(stages.size() - 1).input());
            Ledger.add(connection, pipeline, Ledger.AUDIT, topics.tally());
            Map<TopicPartition, Reached> reached = topics.reached();
            if (!reached.equals(written)) {
                book.reached(connection, reached);
            }
            advance(connection, audit.get());
            finding = finding.withWaiting(waiting());
            connection.commit();
            topics.tally().clear();
            written = reached;
        }
        metrics.show(pipeline, stages, finding);
        return true;
    }

    private void advance(Connection connection, Audit audit) throws SQLException {
        Instant horizon = Tally.slotOf(Instant.now().minus(config.grace()));
        if (pass == null && horizon.isAfter(audit.until())) {
            pass = new Pass(horizon, stages, topics, broker);
        }
        if (pass != null && pass.isThrough(progress(connection))) {
            book.auditedUntil(connection, pass.horizon());
            finding = judge(connection, audit, pass.horizon());
            pass = null;
        }
    }

    private Pass.Progress progress(Connection connection) {
        return new Pass.Progress() {
            @Override
            public boolean hasDone(StageAudit stage, Map<Integer, Long> offsets) throws SQLException {
                return PipelineAudit.this.hasDone(connection, stage, offsets);
            }

            @Override
            public Map<Integer, Long> committed(StageAudit stage, String topic) {
                return broker.committed(stage.stage(), pipeline, topic);
            }
        };
    }

    private boolean hasDone(Connection connection, StageAudit stage, Map<Integer, Long> offsets) throws SQLException {
        Map<Integer, Long> done = done(stage);
        boolean behind = offsets.entrySet().stream()
                .allMatch(offset -> done.getOrDefault(offset.getKey(), 0L) >= offset.getValue());
        if (!behind || stage.stage() != Stage.LOAD) {
            return behind;
        }
        Map<Integer, Long> unsent = AuditBook.unsentRejections(connection, stage.input());
        return offsets.entrySet().stream()
                .noneMatch(offset -> unsent.getOrDefault(offset.getKey(), Long.MAX_VALUE) < offset.getValue());
    }

    /** Load's offsets are the warehouse's; the others have theirs with the broker. */
    private Map<Integer, Long> done(StageAudit stage) {
        return stage.stage() == Stage.LOAD ? loaded : broker.committed(stage.stage(), pipeline, stage.input());
    }

    private Finding judge(Connection connection, Audit audit, Instant horizon) throws SQLException {
        Map<Point, Long> records = Ledger.sums(connection, pipeline, audit.since(), horizon);
        Map<Stage, Long> unaccounted = new EnumMap<>(Stage.class);
        stages.forEach(stage -> unaccounted.put(stage.stage(), stage.unaccounted(records)));
        boolean balanced = unaccounted.values().stream().allMatch(events -> events == 0);
        Instant fold = Tally.slotOf(horizon.minus(config.keep()));
        if (balanced && fold.isAfter(audit.since())) {
            Ledger.fold(connection, pipeline, audit.since(), fold);
        }
        if (!balanced && (finding == null || !unaccounted.equals(finding.unaccounted()))) {
            LOG.errorf(
                    "pipeline %s: of the events accepted before %s are lost (or, negative, doubled) %s; counted were"
                            + " %s. The view millrace.audit tells when they were accepted",
                    pipeline, horizon, unaccounted, records);
        }
        return new Finding(horizon, records, unaccounted, Map.of());
    }

    private Map<Stage, Long> waiting() {
        Map<TopicPartition, Reached> reached = topics.reached();
        Map<TopicPartition, Long> ends = broker.ends(reached.keySet());
        Map<Stage, Long> waiting = new EnumMap<>(Stage.class);
        for (StageAudit stage : stages) {
            Map<Integer, Long> done = done(stage);
            long records = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                if (end.getKey().topic().equals(stage.input())) {
                    long behind = behindLastRecord(reached.get(end.getKey()), end.getValue());
                    records +=
                            Math.max(0, behind - done.getOrDefault(end.getKey().partition(), 0L));
                }
            }
            waiting.put(stage.stage(), records);
        }
        return waiting;
    }

    /** What is behind the last record is the mark of a transaction, as far as the audit has read; no stage waits for it. */
    private static long behindLastRecord(Reached reached, long end) {
        boolean known = reached.next() >= end && reached.behindLastRecord() > 0;
        return known ? reached.behindLastRecord() : end;
    }

    private void leave() {
        try (Connection connection = connect()) {
            book.release(connection);
            connection.commit();
        } catch (SQLException e) {
            LOG.debugf("pipeline %s: the audit's lease ends by itself: %s", pipeline, e.getMessage());
        }
    }

    private Connection connect() throws SQLException {
        Connection connection = database.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }
}
