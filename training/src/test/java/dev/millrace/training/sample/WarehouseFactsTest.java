package dev.millrace.training.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.training.TrainingException;
import dev.millrace.training.command.TrainingCommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts as load-service leaves them in PostgreSQL. */
class WarehouseFactsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
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
                    + " customer_key bigint, score float8, model_version text" + columns + ")");
            statement.execute(
                    "CREATE TABLE labels_chargebacks (pipeline text, event_id text, label float8,"
                            + " accepted_at timestamptz, loaded_at timestamptz DEFAULT now(), seq bigint GENERATED ALWAYS AS IDENTITY)");
            statement.execute("INSERT INTO fact_transaction (transaction_id, tx_datetime, customer_key, tx_amount,"
                    + " is_night, customer_mean_7d) VALUES"
                    + " ('2', '2018-05-02 10:00Z', 7, 12.34, true, 0.1),"
                    + " ('1', '2018-05-01 23:59:59Z', 8, 5, false, NULL),"
                    + " ('3', '2018-05-03 00:00Z', 7, 1, false, 1)");
            statement.execute(
                    "INSERT INTO fact_transaction (transaction_id, tx_datetime, customer_key, tx_amount, score,"
                            + " model_version) VALUES"
                            + " ('5', '2018-05-03 12:00Z', 7, 5, 0.5, '2'),"
                            + " ('4', '2018-05-03 12:00Z', 7, 4, 0.25, '2'),"
                            + " ('6', '2018-05-03 13:00Z', 7, 6, 0, 'fallback')");
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
    void rows_of_the_same_moment_come_in_the_order_of_their_ids_wherever_they_lie() {
        Samples samples = facts.read(learnable, List.of("tx_amount", "score"), DAY + 2, DAY + 3, count -> {});

        assertThat(samples.size()).isEqualTo(4);
        assertThat(List.of(samples.value(1, 0), samples.value(2, 0), samples.value(3, 0)))
                .containsExactly(4f, 5f, 6f);
        assertThat(samples.value(0, 1)).isNaN();
        assertThat(samples.value(1, 1)).isEqualTo(0.25f);
    }

    @Test
    void tells_which_versions_scored_some_days_and_how_much_there_is() {
        assertThat(facts.scoredBy(learnable, DAY + 2, DAY + 3))
                .containsExactlyInAnyOrderEntriesOf(Map.of("2", 2L, "fallback", 1L, "", 1L));
        assertThat(facts.count(learnable)).isEqualTo(6);
        assertThat(facts.labels(learnable)).as("of this pipeline alone").isEqualTo(2);
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

    /** The shop's star schema as load-service leaves it, trained on from the command line into a folder of models, twice. */
    @Test
    void a_model_that_recommends_is_trained_on_the_shops_facts_tested_and_registered(@TempDir Path folder)
            throws Exception {
        fillShop();
        List<String> arguments = List.of(
                "train",
                Path.of("..", "examples", "recommend", "pipeline.yaml").toString(),
                "--warehouse=" + postgres.jdbcUrl() + "?password=" + postgres.password(),
                "--user=" + postgres.user(),
                "--schema=shop",
                "--models=" + folder.resolve("models"),
                "--report=" + folder.resolve("report"),
                "--quick");
        String first = train(arguments);

        assertThat(first)
                .contains("tested  popularity", "ndcg_at_100", "version 1 of recommend")
                .contains("passed its gates and is champion");
        JsonNode description =
                JSON.readTree(folder.resolve("models/recommend/1/model.json").toFile());
        assertThat(description.path("kind").asText()).isEqualTo("recommender");
        assertThat(description.at("/parameters/algorithm").asText()).isEqualTo("ease");
        assertThat(description.at("/metrics/recall_at_20").asDouble()).isGreaterThan(0.2);
        assertThat(description.at("/reference/features").properties())
                .extracting(Map.Entry::getKey)
                .as("what lists are like, so that drift from it can be seen")
                .containsExactly("history_items", "chosen", "listed", "listed_category", "listed_genre");
        assertThat(description.at("/reference/features/listed_category/shares")).hasSizeGreaterThan(2);
        assertThat(description.path("trainedOn").asText()).contains("by 40 users in the warehouse from 2026-01-05");
        String file = Files.readString(folder.resolve("models/recommend/1/model.onnx"), StandardCharsets.ISO_8859_1);
        assertThat(file)
                .contains(
                        "\"item\":\"item_id\"",
                        "\"item_id\":\"p60\",\"title\":",
                        "{\"name\":\"price\",\"type\":\"decimal\"}");

        String second = train(arguments);
        assertThat(second).contains("champion is version 1, whose settings are tested on the same days");
        assertThat(folder.resolve("report/report.html")).content().contains("recall_at_20", "popularity", "champion");
    }

    private static String train(List<String> arguments) {
        StringWriter said = new StringWriter();
        int code = TrainingCommands.execute(new PrintWriter(said), arguments.toArray(String[]::new));
        assertThat(code).as(said.toString()).isZero();
        return said.toString();
    }

    private static void fillShop() throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA shop");
            statement.execute("CREATE TABLE shop.dim_user (user_key bigint PRIMARY KEY, user_id text)");
            statement.execute("CREATE TABLE shop.dim_item (item_key bigint PRIMARY KEY, item_id text, title text,"
                    + " category text, genre text)");
            statement.execute("CREATE TABLE shop.fact_interaction (interaction_id text, at timestamptz,"
                    + " user_key bigint, item_key bigint, kind text, price numeric)");
            Path example = Path.of("..", "examples", "recommend");
            List<String> items = Files.readAllLines(example.resolve("items.csv"));
            for (String line : items.subList(1, items.size())) {
                String[] cells = line.split(",");
                statement.addBatch("INSERT INTO shop.dim_item VALUES (" + cells[0].substring(1) + ", '" + cells[0]
                        + "', '" + cells[1] + "', '" + cells[2] + "', '" + cells[3] + "')");
            }
            for (int user = 1; user <= 100; user++) {
                statement.addBatch("INSERT INTO shop.dim_user VALUES (" + user + ", 'u" + user + "')");
            }
            List<String> interactions = Files.readAllLines(example.resolve("interactions.csv"));
            for (String line : interactions.subList(1, interactions.size())) {
                String[] cells = line.split(",");
                statement.addBatch("INSERT INTO shop.fact_interaction VALUES ('" + cells[0] + "', '" + cells[5]
                        + "Z', " + cells[1].substring(1) + ", " + cells[2].substring(1) + ", '" + cells[3]
                        + "', 9.90)");
            }
            statement.executeBatch();
        }
    }

    @Test
    void says_which_warehouse_does_not_answer() {
        assertThatThrownBy(() ->
                        new WarehouseFacts("jdbc:postgresql://localhost:1/none", "u", "p", "public").lastDay(learnable))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("jdbc:postgresql://localhost:1/none can not be read");
    }
}
