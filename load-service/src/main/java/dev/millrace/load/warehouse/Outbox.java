package dev.millrace.load.warehouse;

import dev.millrace.load.batch.Refusal;
import dev.millrace.load.jdbc.StatementBatch;
import dev.millrace.pipeline.rejection.Rejection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Rejections that are committed and not yet sent to the rejected topic, by the record they are of. Stateless. */
public final class Outbox {
    private Outbox() {}

    /** Puts rejections in, within the transaction of their batch. */
    static void add(Connection connection, String topic, List<Refusal> refusals) throws SQLException {
        if (refusals.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO millrace.rejection_outbox"
                + " (topic, partition, record_offset, accepted_at_millis, rejection) VALUES (?, ?, ?, ?, ?)")) {
            for (Refusal refusal : refusals) {
                insert.setString(1, topic);
                insert.setInt(2, refusal.partition());
                insert.setLong(3, refusal.offset());
                insert.setLong(4, refusal.acceptedAtMillis());
                insert.setBytes(5, refusal.rejection().toJson());
                insert.addBatch();
            }
            StatementBatch.execute(insert);
        }
    }

    /** The first rejections of those partitions, in the order of the records; at most so many. */
    public static List<Refusal> first(Connection connection, String topic, Collection<Integer> partitions, int limit)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT partition, record_offset, accepted_at_millis, rejection FROM millrace.rejection_outbox"
                        + " WHERE topic = ? AND partition = ANY (?) ORDER BY partition, record_offset LIMIT ?")) {
            query.setString(1, topic);
            query.setArray(2, connection.createArrayOf("int4", partitions.toArray()));
            query.setInt(3, limit);
            List<Refusal> refusals = new ArrayList<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    refusals.add(new Refusal(
                            found.getInt(1),
                            found.getLong(2),
                            found.getLong(3),
                            Rejection.fromJson(found.getBytes(4))));
                }
            }
            connection.commit();
            return refusals;
        }
    }

    /** Takes out the rejections of records before those offsets. */
    public static void remove(Connection connection, String topic, Map<Integer, Long> sentBefore) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM millrace.rejection_outbox WHERE topic = ? AND partition = ? AND record_offset < ?")) {
            for (Map.Entry<Integer, Long> partition : sentBefore.entrySet()) {
                delete.setString(1, topic);
                delete.setInt(2, partition.getKey());
                delete.setLong(3, partition.getValue());
                delete.addBatch();
            }
            StatementBatch.execute(delete);
        }
        connection.commit();
    }
}
