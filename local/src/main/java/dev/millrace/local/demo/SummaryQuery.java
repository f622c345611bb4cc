package dev.millrace.local.demo;

import dev.millrace.local.feed.Rejects;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import dev.millrace.local.warehouse.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the warehouse and the rejected topic, and not the services' counters, what came out. */
final class SummaryQuery {
    private final Stack stack;

    SummaryQuery(Stack stack) {
        this.stack = stack;
    }

    Summary of(Fed fed, Duration took) {
        PostgresServer postgres = stack.postgres();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            List<Summary.Risk> riskiest = riskiest(statement);
            try (ResultSet totals = statement.executeQuery("""
                    select count(*), count(score), count(*) filter (where label = 'fraud'),
                           percentile_cont(array[0.5, 0.99])
                             within group (order by extract(epoch from loaded_at - accepted_at))
                    from fact_transaction
                    """)) {
                totals.next();
                Double[] ages = (Double[]) totals.getArray(4).getArray();
                return new Summary(
                        fed,
                        rejected(),
                        totals.getLong(1),
                        totals.getLong(2),
                        totals.getLong(3),
                        took,
                        seconds(ages[0]),
                        seconds(ages[1]),
                        riskiest);
            }
        } catch (SQLException e) {
            throw new StackException("the warehouse can not be asked: " + e.getMessage(), e);
        }
    }

    private Map<String, Long> rejected() {
        try (Rejects rejects = new Rejects(stack.bootstrapServers(), Demo.PIPELINE)) {
            return rejects.read().stream()
                    .collect(Collectors.groupingBy(
                            rejection -> rejection.stage().label() + ": " + rejection.reason(), Collectors.counting()));
        }
    }

    private static List<Summary.Risk> riskiest(Statement statement) throws SQLException {
        List<Summary.Risk> riskiest = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("""
                select f.transaction_id, to_char(f.tx_datetime at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                       c.customer_id, t.terminal_id, f.tx_amount, f.score
                from fact_transaction f
                join dim_customer c using (customer_key) join dim_terminal t using (terminal_key)
                order by f.score desc, f.tx_amount desc limit 10
                """)) {
            while (rows.next()) {
                riskiest.add(new Summary.Risk(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getBigDecimal(5),
                        rows.getDouble(6)));
            }
        }
        return riskiest;
    }

    private static Duration seconds(Double seconds) {
        return seconds == null ? Duration.ZERO : Duration.ofNanos((long) (seconds * 1e9));
    }
}
