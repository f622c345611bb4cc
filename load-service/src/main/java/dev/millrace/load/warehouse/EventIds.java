package dev.millrace.load.warehouse;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.schema.FactTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;

/** Finds the rows of a batch whose ids are in the warehouse already. Stateless. */
final class EventIds {
    /**
     * The rows of a batch that are not to be inserted.
     *
     * @param identical rows whose event is there already
     * @param conflicting rows whose id another event has
     */
    record Known(BitSet identical, BitSet conflicting) {
        /** None of the rows. */
        static Known none() {
            return new Known(new BitSet(), new BitSet());
        }

        BitSet all() {
            BitSet all = (BitSet) identical.clone();
            all.or(conflicting);
            return all;
        }
    }

    private EventIds() {}

    static Known find(Connection connection, FactTable fact, Batch batch) throws SQLException {
        String type = fact.id().type();
        String sql = "SELECT batch.place, known.content FROM unnest(?::" + type + "[]) WITH ORDINALITY batch(id, place)"
                + " JOIN " + fact.ids().quoted() + " known ON known.id = batch.id";
        Known known = Known.none();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            String[] ids = new String[batch.rows()];
            for (int row = 0; row < ids.length; row++) {
                ids[row] = batch.idOf(row);
            }
            query.setArray(1, connection.createArrayOf("text", ids));
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    int row = found.getInt(1) - 1;
                    (found.getLong(2) == batch.contentOf(row) ? known.identical() : known.conflicting()).set(row);
                }
            }
        }
        return known;
    }
}
