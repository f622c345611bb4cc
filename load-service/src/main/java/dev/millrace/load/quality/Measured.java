package dev.millrace.load.quality;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * How good a version turned out to be on the days of a sliding window.
 *
 * @param model the model
 * @param version the version that scored the events
 * @param rows how many events
 * @param positives how many of them have a positive label by now
 * @param alarms how many got the positive label from the model
 * @param caught how many are both
 * @param averagePrecision the mean of the precisions at each gain of recall; meaningless without positives
 */
record Measured(
        String model, String version, long rows, long positives, long alarms, long caught, double averagePrecision) {

    /** Of the alarms, the share that was right; NaN where there is none. */
    double precision() {
        return alarms == 0 ? Double.NaN : (double) caught / alarms;
    }

    /** Of the positive events, the share for which there was an alarm; NaN where there is none. */
    double recall() {
        return positives == 0 ? Double.NaN : (double) caught / positives;
    }

    /** Asks a warehouse; one row a version. */
    static List<Measured> ask(Connection connection, QualityQuestion question) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(question.sql())) {
            query.setString(1, question.positive());
            query.setString(2, question.pipeline());
            List<Measured> measured = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    long positives = row.getLong(4);
                    measured.add(new Measured(
                            row.getString(1),
                            row.getString(2),
                            row.getLong(3),
                            positives,
                            row.getLong(5),
                            row.getLong(6),
                            positives == 0 ? Double.NaN : row.getDouble(7) / positives));
                }
            }
            return measured;
        }
    }
}
