package dev.millrace.load.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/** Runs the batch of a statement. */
public final class StatementBatch {
    private static final String CONNECTION_FAILURE = "08006";

    private StatementBatch() {}

    /**
     * Runs the batch of that statement. Where the connection ends in its middle, PostgreSQL's driver throws an
     * {@link AssertionError} ({@code BatchResultHandler.isAutoCommit}), which would end the thread, in place of a failure
     * that can be waited out.
     *
     * @throws SQLException if the database refuses it, or the connection ends
     */
    public static void execute(PreparedStatement statement) throws SQLException {
        try {
            statement.executeBatch();
        } catch (AssertionError e) {
            throw new SQLNonTransientConnectionException(
                    "the connection ended during a batch of statements", CONNECTION_FAILURE, e);
        }
    }
}
