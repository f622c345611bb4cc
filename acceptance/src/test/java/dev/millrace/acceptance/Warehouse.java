package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.warehouse.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** The fact table as an analyst sees it. */
record Warehouse(PostgresServer postgres) {
    /** How many rows there are; none while the database is away or its tables are not made. */
    long rows() {
        try {
            return Long.parseLong(
                    values("select count(*) from fact_transaction").get(0));
        } catch (SQLException notNow) {
            return 0;
        }
    }

    List<String> ids() throws SQLException {
        return values("select transaction_id from fact_transaction");
    }

    BigDecimal sum() throws SQLException {
        return new BigDecimal(
                values("select sum(tx_amount) from fact_transaction").get(0));
    }

    long unscored() throws SQLException {
        return Long.parseLong(values("""
                select count(*) from fact_transaction f
                left join dim_customer using (customer_key) left join dim_terminal using (terminal_key)
                where score is null or score < 0 or score > 1 or model_version is null
                   or customer_id is null or terminal_id is null
                """).get(0));
    }

    List<String> values(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                ResultSet result = connection.createStatement().executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        }
    }

    /** Waits until the query gives that one value; its tables may not be made yet. */
    void await(Duration patience, String query, String value) {
        Awaitility.await(query)
                .atMost(patience)
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> assertThat(values(query)).containsExactly(value));
    }
}
