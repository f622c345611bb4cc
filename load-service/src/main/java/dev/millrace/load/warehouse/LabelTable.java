package dev.millrace.load.warehouse;

import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.schema.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The table of the labels of one name, {@code labels_<name>}: a row for each that came, with when it was known. Rows and
 * the offsets that they came from commit together. Thread-safe.
 *
 * @param database the warehouse
 * @param name the table
 * @param pipeline the pipeline whose labels they are
 * @param topic the labels' topic
 */
public record LabelTable(DataSource database, TableName name, String pipeline, String topic) {
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('millrace.tables', 0))";

    /** The table of labels of that name in a schema; hyphens become underscores. */
    public static TableName named(String schema, String labels) {
        return new TableName(schema, "labels_" + labels.replace('-', '_'));
    }

    /** Makes it exist. */
    public void provide() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(ONE_AT_A_TIME);
            statement.execute("CREATE TABLE IF NOT EXISTS " + name.quoted() + """
                     (
                      pipeline text NOT NULL,
                      event_id text NOT NULL,
                      label double precision NOT NULL,
                      accepted_at timestamptz NOT NULL,
                      loaded_at timestamptz NOT NULL DEFAULT now(),
                      seq bigint GENERATED ALWAYS AS IDENTITY
                    )
                    """);
            statement.execute("CREATE INDEX IF NOT EXISTS " + TableName.quote(name.table() + "_event_id") + " ON "
                    + name.quoted() + " (pipeline, event_id)");
            statement.execute("COMMENT ON TABLE " + name.quoted()
                    + " IS 'Each label as it came; of several for one event the one accepted last holds'");
            connection.commit();
        }
    }

    /** Where to read on, by partition. */
    public Map<Integer, Long> positions(Map<Integer, Long> begin) throws SQLException {
        try (Connection connection = connect()) {
            return Offsets.positions(connection, topic, begin);
        }
    }

    /**
     * Writes rows and moves the offsets.
     *
     * @return how many rows were written: all, or none if they were there already
     * @throws OffsetsMovedException if the warehouse stands elsewhere; nothing was written
     */
    public int write(List<LabelRow> rows, Map<Integer, OffsetRange> ranges) throws SQLException, OffsetsMovedException {
        try (Connection connection = connect()) {
            if (!Offsets.lock(connection, topic, ranges)) {
                connection.rollback();
                return 0;
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name.quoted()
                    + " (pipeline, event_id, label, accepted_at) SELECT ?, * FROM unnest(?::text[], ?::float8[],"
                    + " ?::timestamptz[])")) {
                insert.setString(1, pipeline);
                insert.setArray(
                        2,
                        connection.createArrayOf(
                                "text", rows.stream().map(LabelRow::eventId).toArray()));
                insert.setArray(
                        3,
                        connection.createArrayOf(
                                "float8", rows.stream().map(LabelRow::label).toArray()));
                insert.setArray(
                        4,
                        connection.createArrayOf(
                                "timestamptz",
                                rows.stream()
                                        .map(row -> Timestamp.from(row.acceptedAt()))
                                        .toArray()));
                insert.executeUpdate();
            }
            Offsets.advance(connection, topic, ranges);
            connection.commit();
            return rows.size();
        }
    }

    /** What is not committed is taken back when the pool gets the connection again. */
    private Connection connect() throws SQLException {
        Connection connection = database.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }
}
