package dev.millrace.load.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The names and types of a table's columns at one time. A binary COPY does not notice a column whose type was changed to
 * another of the same width: it would take the bits of one for the other.
 *
 * @param columns the columns in words that are only good for comparing
 */
public record TableShape(String columns) {
    private static final String QUERY = """
            SELECT coalesce(string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum), '')
            FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
            """;

    /** The table's shape now; it stays the same until the transaction ends if rows were written to the table before. */
    public static TableShape of(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, table.quoted());
            try (ResultSet found = query.executeQuery()) {
                found.next();
                return new TableShape(found.getString(1));
            }
        }
    }
}
