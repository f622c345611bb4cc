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
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.Random;
import org.postgresql.PGConnection;

/**
 * Rows a second from a prefilled topic into the warehouse, against a plain COPY of the same rows into a table alike. Run
 * by hand: {@code LoadThroughput <rows>}.
 */
public final class LoadThroughput {
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: throughput }
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
                    fact: { table: fact_throughput, partition: month }
                    dimensions:
                      dim_customer: { key: customer_id }
                      dim_terminal: { key: terminal_id }
            """;

    private LoadThroughput() {}

    public static void main(String[] args) throws Exception {
        int rows = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
        Pipeline pipeline = Feed.pipeline(YAML);
        try (Feed feed = new Feed(pipeline);
                var database = Machine.warehouse();
                Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            fill(feed, pipeline, rows);
            System.out.println("filled " + rows);
            long began = System.nanoTime();
            try (Replica replica = Replica.of(pipeline)) {
                long seen = 0;
                long last = began;
                while (seen < rows) {
                    Thread.sleep(100);
                    seen = loaded(statement);
                    if (System.nanoTime() - last > 2_000_000_000L) {
                        System.out.printf("  %d%n", seen);
                        last = System.nanoTime();
                    }
                }
                report("load", rows, began);
                cpu();
                System.out.println(replica.metrics()
                        .lines()
                        .filter(line -> line.startsWith("millrace.stage") || line.startsWith("millrace.load"))
                        .toList());
            }
            Path text = Files.createTempFile("rows", ".txt");
            try (OutputStream out = Files.newOutputStream(text)) {
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("COPY (SELECT * FROM fact_throughput ORDER BY tx_datetime) TO STDOUT", out);
            }
            statement.execute("CREATE TABLE plain (LIKE fact_throughput INCLUDING DEFAULTS) PARTITION BY RANGE"
                    + " (tx_datetime); ALTER TABLE plain ADD PRIMARY KEY (transaction_id, tx_datetime);"
                    + " CREATE TABLE plain_1 PARTITION OF plain FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"
                    + " CREATE TABLE plain_2 PARTITION OF plain FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');"
                    + " CREATE TABLE plain_d PARTITION OF plain DEFAULT");
            for (int i = 0; i < 3; i++) {
                statement.execute("TRUNCATE plain");
                statement.execute("CHECKPOINT");
                began = System.nanoTime();
                try (InputStream in = new BufferedInputStream(Files.newInputStream(text), 1 << 16)) {
                    connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY plain FROM STDIN", in, 1 << 16);
                }
                report("copy", rows, began);
            }
            Files.delete(text);
        }
        System.exit(0);
    }

    private static void cpu() {
        var threads = java.lang.management.ManagementFactory.getThreadMXBean();
        for (long id : threads.getAllThreadIds()) {
            long nanos = threads.getThreadCpuTime(id);
            if (nanos > 300_000_000L) {
                System.out.printf("  %s %.1f s%n", threads.getThreadInfo(id).getThreadName(), nanos / 1e9);
            }
        }
        ProcessHandle.current()
                .descendants()
                .forEach(process ->
                        System.out.println("  " + process.info().command().orElse("") + " "
                                + process.info().totalCpuDuration().orElse(null)));
    }

    private static long loaded(Statement statement) throws Exception {
        try (ResultSet there = statement.executeQuery("SELECT to_regclass('millrace.offsets') IS NOT NULL")) {
            there.next();
            if (!there.getBoolean(1)) {
                return 0;
            }
        }
        try (ResultSet sum = statement.executeQuery(
                "SELECT coalesce(sum(next_offset), 0) FROM millrace.offsets WHERE topic LIKE '%throughput%'")) {
            sum.next();
            return sum.getLong(1);
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
            feed.send(null, id, customer, writer.write(row), at);
        }
        feed.flush();
    }

    private static void report(String what, int rows, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("%s: %d rows in %.2f s, %.0f rows/s%n", what, rows, seconds, rows / seconds);
    }
}
