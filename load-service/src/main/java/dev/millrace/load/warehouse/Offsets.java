package dev.millrace.load.warehouse;

import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.jdbc.StatementBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** How far each partition of a topic is loaded, as the warehouse says. Stateless. */
public final class Offsets {
    private Offsets() {}

    /**
     * The next offset of each partition.
     *
     * @param begin where to begin with each partition of which the warehouse knows nothing
     */
    public static Map<Integer, Long> positions(Connection connection, String topic, Map<Integer, Long> begin)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO millrace.offsets (topic, partition, next_offset) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            for (Map.Entry<Integer, Long> partition : begin.entrySet()) {
                insert.setString(1, topic);
                insert.setInt(2, partition.getKey());
                insert.setLong(3, partition.getValue());
                insert.addBatch();
            }
            StatementBatch.execute(insert);
        }
        Map<Integer, Long> positions = read(connection, topic, begin.keySet(), "");
        connection.commit();
        return positions;
    }

    /**
     * Locks the offsets of the batch's partitions until the transaction ends.
     *
     * @return whether the batch is still to be loaded; false if it was loaded already, by a commit whose answer was lost
     * @throws OffsetsMovedException if the warehouse stands elsewhere
     */
    public static boolean lock(Connection connection, String topic, Map<Integer, OffsetRange> ranges)
            throws SQLException, OffsetsMovedException {
        Map<Integer, Long> positions =
                read(connection, topic, ranges.keySet(), " ORDER BY partition FOR NO KEY UPDATE");
        boolean before = true;
        boolean behind = true;
        for (Map.Entry<Integer, OffsetRange> range : ranges.entrySet()) {
            long position = positions.getOrDefault(range.getKey(), -1L);
            before &= position == range.getValue().from();
            behind &= position == range.getValue().next();
        }
        if (!before && !behind) {
            throw new OffsetsMovedException(
                    "the warehouse is at the offsets " + positions + ", the batch takes " + ranges);
        }
        return before;
    }

    /** Moves the offsets behind the batch. */
    public static void advance(Connection connection, String topic, Map<Integer, OffsetRange> ranges)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE millrace.offsets o SET next_offset = batch.next FROM unnest(?::int[], ?::bigint[])"
                        + " batch(partition, next) WHERE o.topic = ? AND o.partition = batch.partition")) {
            Object[] partitions = ranges.keySet().toArray();
            Object[] next = ranges.values().stream().map(OffsetRange::next).toArray();
            update.setArray(1, connection.createArrayOf("int4", partitions));
            update.setArray(2, connection.createArrayOf("int8", next));
            update.setString(3, topic);
            update.executeUpdate();
        }
    }

    private static Map<Integer, Long> read(
            Connection connection, String topic, Collection<Integer> partitions, String ending) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT partition, next_offset FROM millrace.offsets WHERE topic = ?"
                        + " AND partition = ANY (?)" + ending)) {
            query.setString(1, topic);
            query.setArray(2, connection.createArrayOf("int4", partitions.toArray()));
            Map<Integer, Long> positions = new HashMap<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    positions.put(found.getInt(1), found.getLong(2));
                }
            }
            return positions;
        }
    }
}
