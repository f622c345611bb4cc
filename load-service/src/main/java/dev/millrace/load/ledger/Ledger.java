package dev.millrace.load.ledger;

import dev.millrace.load.jdbc.StatementBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** The counts as the warehouse holds them. Stateless; the caller commits. */
public final class Ledger {
    /** Who writes what the audit counts. */
    public static final int AUDIT = -1;

    private Ledger() {}

    /** Adds counts, in the transaction of what they count. */
    public static void add(Connection connection, String pipeline, int writer, Tally tally) throws SQLException {
        if (tally.isEmpty()) {
            return;
        }
        try (PreparedStatement upsert =
                connection.prepareStatement("INSERT INTO millrace.ledger AS l (pipeline, slot, point, writer, records)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (pipeline, slot, point, writer)"
                        + " DO UPDATE SET records = l.records + excluded.records")) {
            tally.each((cell, records) -> {
                upsert.setString(1, pipeline);
                upsert.setTimestamp(2, new Timestamp(cell.slot()));
                upsert.setString(3, cell.point().label());
                upsert.setInt(4, writer);
                upsert.setLong(5, records);
                upsert.addBatch();
            });
            StatementBatch.execute(upsert);
        }
    }

    /** How many records each point has seen of those accepted from one time to before another. */
    public static Map<Point, Long> sums(Connection connection, String pipeline, Instant from, Instant before)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT point, sum(records) FROM millrace.ledger"
                + " WHERE pipeline = ? AND slot >= ? AND slot < ? GROUP BY point")) {
            query.setString(1, pipeline);
            query.setTimestamp(2, Timestamp.from(from));
            query.setTimestamp(3, Timestamp.from(before));
            Map<Point, Long> sums = new EnumMap<>(Point.class);
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    long records = found.getLong(2);
                    Point.of(found.getString(1)).ifPresent(point -> sums.put(point, records));
                }
            }
            return sums;
        }
    }

    /** Puts all counts of slots before that one into the first, where they are kept as sums, and forgets older ones. */
    public static void fold(Connection connection, String pipeline, Instant first, Instant before) throws SQLException {
        try (PreparedStatement fold = connection.prepareStatement(
                "WITH old AS (DELETE FROM millrace.ledger"
                        + " WHERE pipeline = ? AND slot < ? AND NOT (slot = ? AND writer = " + AUDIT + ")"
                        + " RETURNING slot, point, records)"
                        + " INSERT INTO millrace.ledger AS l (pipeline, slot, point, writer, records)"
                        + " SELECT ?, ?, point, " + AUDIT + ", sum(records) FROM old WHERE slot >= ? GROUP BY point"
                        + " ON CONFLICT (pipeline, slot, point, writer) DO UPDATE SET records = l.records + excluded.records")) {
            fold.setString(1, pipeline);
            fold.setTimestamp(2, Timestamp.from(before));
            fold.setTimestamp(3, Timestamp.from(first));
            fold.setString(4, pipeline);
            fold.setTimestamp(5, Timestamp.from(first));
            fold.setTimestamp(6, Timestamp.from(first));
            fold.executeUpdate();
        }
    }
}
