package dev.millrace.load.warehouse;

import dev.millrace.load.schema.TableName;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What an error of the database says about the data. */
public final class Refused {
    private static final String UNIQUE_VIOLATION = "23505";
    /** A constraint trigger's or another trigger's RAISE EXCEPTION. */
    private static final String RAISED = "P0001";

    private Refused() {}

    /**
     * Whether it is a row that the database refuses, and would refuse again: a value out of range (class 22), a constraint
     * (class 23), a key too long for its index (class 54), a trigger.
     */
    public static boolean aRow(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54") || state.equals(RAISED);
    }

    /** Whether it is an id that stands in that table already. */
    static boolean anId(SQLException error, TableName ids) {
        return UNIQUE_VIOLATION.equals(error.getSQLState())
                && error instanceof PSQLException refused
                && refused.getServerErrorMessage() != null
                && ids.table().equals(refused.getServerErrorMessage().getTable());
    }
}
