package dev.millrace.training.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.training.TrainingException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts as load-service leaves them in PostgreSQL. */
class WarehouseFactsTest {
    private static final int DAY = (int) LocalDate.of(2018, 5, 1).toEpochDay();

    @TempDir
    static Path data;

    private static PostgresServer postgres;
    private static WarehouseFacts facts;
    private static Learnable learnable;

    @BeforeAll
    static void fill() throws Exception {
        learnable = Learnable.in(Path.of("..", "examples", "card-fraud", "pipeline.yaml"));
        postgres = PostgresServer.start(data, 0);
        facts = new WarehouseFacts(postgres.jdbcUrl(), postgres.user(), postgres.password(), "public");
        StringBuilder columns = new StringBuilder();
        for (String feature : learnable.features()) {
            String type = feature.startsWith("is_") ? "boolean" : feature.equals("tx_amount") ? "numeric" : "float8";
            columns.append(", ").append(feature).append(' ').append(type);
        }
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE fact_transaction (transaction_id text, tx_datetime timestamptz,"
                    + " customer_key bigint" + columns + ")");
            statement.execute(
                    "CREATE TABLE labels_chargebacks (pipeline text, event_id text, label float8,"
                            + " accepted_at timestamptz, loaded_at timestamptz DEFAULT now(), seq bigint GENERATED ALWAYS AS IDENTITY)");
            statement.execute("INSERT INTO fact_transaction (transaction_id, tx_datetime, customer_key, tx_amount,"
                    + " is_night, customer_mean_7d) VALUES"
                    + " ('2', '2018-05-02 10:00Z', 7, 12.34, true, 0.1),"
                    + " ('1', '2018-05-01 23:59:59Z', 8, 5, false, NULL),"
                    + " ('3', '2018-05-03 00:00Z', 7, 1, false, 1)");
            statement.execute("INSERT INTO labels_chargebacks (pipeline, event_id, label, accepted_at) VALUES"
                    + " ('card-fraud', '2', 0, '2018-05-08Z'), ('card-fraud', '2', 1, '2018-05-09Z'),"
                    + " ('another', '1', 1, '2018-05-09Z')");
        }
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void reads_rows_in_the_order_of_time_with_the_label_that_holds() {
        Samples samples = facts.read(learnable, DAY, DAY + 2, count -> {});

        assertThat(samples.size()).isEqualTo(2);
        assertThat(samples.day(0)).isEqualTo(DAY);
        assertThat(samples.positive(0)).isFalse();
        assertThat(samples.positive(1)).isTrue();
        assertThat(samples.stake(1)).isEqualTo((double) 12.34f);
        assertThat(samples.key(0)).isNotEqualTo(samples.key(1));
    }

    @Test
    void makes_numbers_of_columns_as_the_services_make_them_of_fields() {
        Samples samples = facts.read(learnable, DAY, DAY + 2, count -> {});

        int mean = samples.features().indexOf("customer_mean_7d");
        assertThat(samples.value(0, mean)).isNaN();
        assertThat(samples.value(1, mean)).isEqualTo(0.1f);
        assertThat(samples.value(1, samples.features().indexOf("is_night"))).isEqualTo(1);
        assertThat(samples.value(1, samples.features().indexOf("tx_amount"))).isEqualTo(12.34f);
    }

    @Test
    void knows_the_last_day() {
        assertThat(facts.lastDay(learnable)).isEqualTo(DAY + 2);
    }

    @Test
    void says_which_warehouse_does_not_answer() {
        assertThatThrownBy(() ->
                        new WarehouseFacts("jdbc:postgresql://localhost:1/none", "u", "p", "public").lastDay(learnable))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("jdbc:postgresql://localhost:1/none can not be read");
    }
}
