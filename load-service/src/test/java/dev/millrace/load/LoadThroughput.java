package dev.millrace.load;

import dev.millrace.load.worker.Replica;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Rows a second from a prefilled topic into the warehouse, against a plain COPY of the same rows into a table with the same
 * columns, indexes and partitions in the same database. Loading includes joining the consumer group, reading and typing the
 * JSON, the dimensions, and keeping every event's id unique, none of which COPY does. Run by hand on an idle machine:
 * {@code LoadThroughput <rows>}.
 */
public final class LoadThroughput {
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: throughput-%1$d }
            spec:
              event:
                id: transaction_id
                key: customer_id
                time: tx_datetime
                fields:
                  transaction_id: { type: string, required: true }
                  tx_datetime:    { type: timestamp, required: true }
                  customer_id:    { type: string, required: true }
                  terminal_id:    { type: string, required: true }
                  tx_amount:      { type: decimal, required: true }
              transform:
                - derive:
                    tx_hour: tx_datetime.getHours()
                    tx_weekday: tx_datetime.getDayOfWeek()
                    is_night: tx_hour <= 6
                    is_weekend: tx_weekday == 0 || tx_weekday == 6
              model: { name: card-fraud, alias: champion }
              sinks:
                - postgres:
                    fact: { table: fact_throughput_%1$d, partition: month }
                    dimensions:
                      dim_customer_%1$d: { key: customer_id }
                      dim_terminal_%1$d: { key: terminal_id }
            """;

    private static final int ROUNDS = 4;

    private LoadThroughput() {}

    public static void main(String[] args) throws Exception {
        int rows = args.length == 0 ? 300_000 : Integer.parseInt(args[0]);
        List<Double> ratios = new ArrayList<>();
        try (var database = Machine.warehouse();
                Connection connection = database.getConnection()) {
            for (int round = 0; round < ROUNDS; round++) {
                double load = load(round, rows);
                double copy = copy(connection, round);
                System.out.printf(
                        Locale.ROOT,
                        "%s: load %.0f rows/s, plain COPY %.0f rows/s: %.0f %%%n",
                        round == 0 ? "cold JVM" : "round " + round,
                        rows / load,
                        rows / copy,
                        100 * copy / load);
                if (round > 0) {
                    ratios.add(copy / load);
                }
            }
        }
        ratios.sort(null);
        System.out.printf(
                Locale.ROOT, "median of the warm rounds: %.0f %% of plain COPY%n", 100 * ratios.get(ratios.size() / 2));
        System.exit(0);
    }

    /** Seconds from the start of the pipeline's worker to the commit of its last row. */
    private static double load(int round, int rows) throws Exception {
        Pipeline pipeline = Feed.pipeline(YAML.formatted(round));
        try (Feed feed = new Feed(pipeline);
                Replica replica = new Replica()) {
            fill(feed, pipeline, rows);
            Sql.execute("CHECKPOINT");
            long began = System.nanoTime();
            replica.start(pipeline);
            // Counted in memory: asking the database would cost it the time that is measured.
            while (replica.count("millrace.load.rows", "table", "fact_throughput_" + round) < rows) {
                Thread.sleep(5);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "  %.2f s, of which %.2f s in transactions%n",
                    seconds,
                    replica.seconds("millrace.stage"));
            return seconds;
        }
    }

    /** Seconds that one COPY of all the rows, in the order in which they were loaded, takes into a table alike. */
    private static double copy(Connection connection, int round) throws Exception {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        String fact = "fact_throughput_" + round;
        Path rows = Files.createTempFile("rows", ".txt");
        try (OutputStream out = Files.newOutputStream(rows)) {
            copy.copyOut("COPY (SELECT * FROM " + fact + ") TO STDOUT", out);
        }
        String plain = "plain_" + round;
        Sql.execute("CREATE TABLE " + plain + " (LIKE " + fact + " INCLUDING ALL) PARTITION BY RANGE (tx_datetime)");
        for (String partition : Sql.rows("SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class JOIN pg_inherits"
                + " ON inhrelid = oid WHERE inhparent = '" + fact + "'::regclass")) {
            String[] nameAndBound = partition.split("\\|");
            Sql.execute("CREATE TABLE " + plain + nameAndBound[0].substring(fact.length()) + " PARTITION OF " + plain
                    + " " + nameAndBound[1]);
        }
        Sql.execute("CHECKPOINT");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(rows), 1 << 16)) {
            long began = System.nanoTime();
            copy.copyIn("COPY " + plain + " FROM STDIN", in, 1 << 16);
            return (System.nanoTime() - began) / 1e9;
        } finally {
            Files.delete(rows);
        }
    }

    private static void fill(Feed feed, Pipeline pipeline, int rows) {
        Random random = new Random(1);
        var schema = pipeline.scoredReader().schema();
        RowWriter writer = pipeline.scoredWriter();
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < rows; i++) {
            String customer = Integer.toString(random.nextInt(5000));
            String id = "tx%09d".formatted(i);
            Instant at = start.plusSeconds((long) i * 50 * 86_400 / rows);
            Row row = new Row(
                    schema,
                    id,
                    at,
                    customer,
                    Integer.toString(random.nextInt(10_000)),
                    BigDecimal.valueOf(random.nextInt(20_000), 2),
                    (long) i % 24,
                    (long) i % 7,
                    i % 4 == 0,
                    i % 7 < 2,
                    null,
                    random.nextDouble(),
                    "legit",
                    "card-fraud",
                    "3");
            feed.send(null, id, customer, writer.write(row), Instant.now());
        }
        feed.flush();
    }
}
