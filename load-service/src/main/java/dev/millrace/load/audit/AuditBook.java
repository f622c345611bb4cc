package dev.millrace.load.audit;

import dev.millrace.load.jdbc.StatementBatch;
import dev.millrace.load.ledger.Tally;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** What the warehouse knows of a pipeline's audit, and who does it. The caller commits. Thread-safe. */
final class AuditBook {
    /**
     * An audit.
     *
     * @param since events accepted before are not audited
     * @param until every event accepted before was followed to its end
     */
    record Audit(Instant since, Instant until) {}

    private final String pipeline;
    private final String loadedFrom;
    private final String holder;
    private final Duration lease;

    AuditBook(String pipeline, String loadedFrom, String holder, Duration lease) {
        this.pipeline = pipeline;
        this.loadedFrom = loadedFrom;
        this.holder = holder;
        this.lease = lease;
    }

    /**
     * Takes the audit, or keeps it, until the transaction ends and for the lease's time after it. An audit that another
     * topic was loaded in begins anew: its counts do not balance with those to come.
     *
     * @return the audit; empty while another replica holds it
     */
    Optional<Audit> hold(Connection connection) throws SQLException {
        Timestamp next = new Timestamp(Tally.slotOf(Instant.now()).toEpochMilli() + Tally.SLOT_MILLIS);
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO millrace.audits AS a (pipeline, loaded_from, since, audited_until, holder, held_until)"
                        + " VALUES (?, ?, ?, ?, ?, now() + ? * interval '1 millisecond')"
                        + " ON CONFLICT (pipeline) DO UPDATE SET holder = excluded.holder,"
                        + " held_until = excluded.held_until, loaded_from = excluded.loaded_from,"
                        + " since = CASE WHEN a.loaded_from = excluded.loaded_from THEN a.since ELSE excluded.since END,"
                        + " audited_until = CASE WHEN a.loaded_from = excluded.loaded_from THEN a.audited_until"
                        + " ELSE excluded.audited_until END"
                        + " WHERE a.holder = excluded.holder OR a.held_until < now()"
                        + " RETURNING since, audited_until")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, loadedFrom);
            upsert.setTimestamp(3, next);
            upsert.setTimestamp(4, next);
            upsert.setString(5, holder);
            upsert.setLong(6, lease.toMillis());
            try (ResultSet audit = upsert.executeQuery()) {
                return audit.next()
                        ? Optional.of(new Audit(
                                audit.getTimestamp(1).toInstant(),
                                audit.getTimestamp(2).toInstant()))
                        : Optional.empty();
            }
        }
    }

    /** Gives the audit to whoever asks for it next. */
    void release(Connection connection) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE millrace.audits SET held_until = now() WHERE pipeline = ? AND holder = ?")) {
            update.setString(1, pipeline);
            update.setString(2, holder);
            update.executeUpdate();
        }
    }

    /** Writes down that every event accepted before that time was followed to its end. */
    void auditedUntil(Connection connection, Instant until) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE millrace.audits SET audited_until = ? WHERE pipeline = ?")) {
            update.setTimestamp(1, Timestamp.from(until));
            update.setString(2, pipeline);
            update.executeUpdate();
        }
    }

    /** How far the topics are read. */
    Map<TopicPartition, Reached> reached(Connection connection, Collection<String> topics) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT topic, partition, next_offset,"
                + " behind_last_record FROM millrace.audit_offsets WHERE topic = ANY (?)")) {
            query.setArray(1, connection.createArrayOf("text", topics.toArray()));
            Map<TopicPartition, Reached> reached = new HashMap<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    reached.put(
                            new TopicPartition(found.getString(1), found.getInt(2)),
                            new Reached(found.getLong(3), found.getLong(4)));
                }
            }
            return reached;
        }
    }

    /** Writes down how far the topics are read. */
    void reached(Connection connection, Map<TopicPartition, Reached> reached) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO millrace.audit_offsets (topic, partition, next_offset, behind_last_record)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT (topic, partition) DO UPDATE SET"
                        + " next_offset = excluded.next_offset, behind_last_record = excluded.behind_last_record")) {
            for (Map.Entry<TopicPartition, Reached> entry : reached.entrySet()) {
                upsert.setString(1, entry.getKey().topic());
                upsert.setInt(2, entry.getKey().partition());
                upsert.setLong(3, entry.getValue().next());
                upsert.setLong(4, entry.getValue().behindLastRecord());
                upsert.addBatch();
            }
            StatementBatch.execute(upsert);
        }
    }

    /** The offsets of the topic that are in the warehouse, by partition. */
    static Map<Integer, Long> loaded(Connection connection, String topic) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT partition, next_offset FROM millrace.offsets WHERE topic = ?")) {
            query.setString(1, topic);
            Map<Integer, Long> loaded = new TreeMap<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    loaded.put(found.getInt(1), found.getLong(2));
                }
            }
            return loaded;
        }
    }

    /** The first record of each partition whose rejection is not in the rejected topic yet. */
    static Map<Integer, Long> unsentRejections(Connection connection, String topic) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT partition, min(record_offset) FROM millrace.rejection_outbox WHERE topic = ? GROUP BY partition")) {
            query.setString(1, topic);
            Map<Integer, Long> unsent = new TreeMap<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    unsent.put(found.getInt(1), found.getLong(2));
                }
            }
            return unsent;
        }
    }
}
