package dev.millrace.load.warehouse;

import dev.millrace.load.batch.CopyBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Sends encoded rows to the server. Stateless. */
final class CopyStream {
    /** Small enough for the server to insert while the rest is on its way. */
    private static final int CHUNK = 64 * 1024;

    private CopyStream() {}

    /** Copies the rows and says how many there were. */
    static long copy(Connection connection, String sql, CopyBuffer rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            send(copy, CopyBuffer.header(), CopyBuffer.header().length);
            send(copy, rows.array(), rows.length());
            send(copy, CopyBuffer.trailer(), CopyBuffer.trailer().length);
            return copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static void send(CopyIn copy, byte[] bytes, int length) throws SQLException {
        for (int at = 0; at < length; at += CHUNK) {
            copy.writeToCopy(bytes, at, Math.min(CHUNK, length - at));
        }
    }
}
