package dev.millrace.bench;

import dev.millrace.local.warehouse.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The reference of loading: one {@code COPY} of the same rows, from memory, into a table with the same columns, indexes
 * and monthly partitions. It finds no surrogate keys, sees to no duplicates and keeps no offsets.
 */
final class PlainCopy {
    private final PostgresServer postgres;

    PlainCopy(PostgresServer postgres) {
        this.postgres = postgres;
    }

    /** COPY as it is when nothing is said of a format: the rows as text. */
    Rate ofText() throws SQLException, IOException {
        return run("text");
    }

    /** COPY in the binary format, which the server needs not parse; load uses it too. */
    Rate ofBinary() throws SQLException, IOException {
        return run("binary");
    }

    private Rate run(String format) throws SQLException, IOException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists bench_copy");
            statement.execute(
                    "create table bench_copy (like fact_transaction including all) partition by range (tx_datetime)");
            for (String month : months(statement)) {
                statement.execute(
                        "create table bench_copy_" + month.substring(0, 7).replace('-', '_')
                                + " partition of bench_copy for values from ('" + month + "') to (date '" + month
                                + "' + interval '1 month')");
            }
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            ByteArrayOutputStream rows = new ByteArrayOutputStream(256 << 20);
            copies.copyOut("copy (select * from fact_transaction) to stdout (format " + format + ")", rows);
            byte[] bytes = rows.toByteArray();
            statement.execute("checkpoint");
            long start = System.nanoTime();
            long count = copies.copyIn(
                    "copy bench_copy from stdin (format " + format + ")", new ByteArrayInputStream(bytes));
            Rate rate = new Rate(count, (System.nanoTime() - start) / 1e9);
            statement.execute("drop table bench_copy");
            return rate;
        }
    }

    private static List<String> months(Statement statement) throws SQLException {
        List<String> months = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(
                "select distinct date_trunc('month', tx_datetime at time zone 'UTC')::date from fact_transaction")) {
            while (rows.next()) {
                months.add(rows.getString(1));
            }
        }
        return months;
    }
}
