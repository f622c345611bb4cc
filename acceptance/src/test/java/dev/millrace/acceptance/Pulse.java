package dev.millrace.acceptance;

import dev.millrace.local.warehouse.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Watches from a thread of its own how many rows of a table are there, so that pauses can be told afterwards. Thread-safe. */
final class Pulse implements AutoCloseable {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private record Beat(long at, long rows) {}

    private final Supplier<PostgresServer> postgres;
    private final String table;
    private final List<Beat> growth = new ArrayList<>(List.of(new Beat(System.nanoTime(), 0)));
    private final Thread thread = new Thread(this::watch, "pulse");
    private volatile boolean over;

    Pulse(Supplier<PostgresServer> postgres, String table) {
        this.postgres = postgres;
        this.table = table;
        thread.setDaemon(true);
        thread.start();
    }

    /** How many rows there are. */
    synchronized long rows() {
        return growth.get(growth.size() - 1).rows();
    }

    /** The longest time without new rows that began or went on in the time behind that moment, in seconds. */
    synchronized double longestPause(long since, Duration behind) {
        long end = since + behind.toNanos();
        long longest = 0;
        long before = growth.get(0).at();
        for (Beat beat : growth) {
            if (beat.at() > since && before < end) {
                longest = Math.max(longest, beat.at() - Math.max(before, since));
            }
            before = beat.at();
        }
        return longest / 1e9;
    }

    private void watch() {
        while (!over) {
            try (Connection connection = DriverManager.getConnection(
                            postgres.get().jdbcUrl(),
                            postgres.get().user(),
                            postgres.get().password());
                    ResultSet result = connection.createStatement().executeQuery("select count(*) from " + table)) {
                result.next();
                see(result.getLong(1));
            } catch (SQLException notNow) {
                // The table is not made yet, or the database is away.
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private synchronized void see(long rows) {
        if (rows > rows()) {
            growth.add(new Beat(System.nanoTime(), rows));
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
